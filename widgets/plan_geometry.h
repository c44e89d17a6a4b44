// Which plan cell is drawn on which pixel, and back. No widgets: tested as a table.
#pragma once

#include <QPoint>
#include <QRect>
#include <optional>

namespace dotmoe {

/// A half-open range first..end of cells or pixels.
struct IndexRange {
    int first = 0, end = 0;
    bool operator==(const IndexRange&) const = default;
};

/// `cells` dealt to `pixels` in order, without a gap. With more pixels than cells a cell is some pixels long;
/// with more cells than pixels every cell belongs to exactly one pixel, which then shows the strongest of its
/// cells.
struct PooledAxis {
    int cells = 0, pixels = 0;

    IndexRange cellsAt(int pixel) const;  ///< pixel in [0, pixels): never empty
    IndexRange pixelsOf(int cell) const;  ///< cell in [0, cells): never empty

    bool operator==(const PooledAxis&) const = default;
};

/// Rows and columns of a plan, from the first ones on, drawn on `area` (any pixel unit; the heatmap uses
/// device pixels). Cells are counted in the plan.
struct PlanGeometry {
    int rows = 0, columns = 0;
    QRect area;
    int firstRow = 0, firstColumn = 0;

    PooledAxis vertical() const { return {rows, area.height()}; }
    PooledAxis horizontal() const { return {columns, area.width()}; }

    struct Cells {
        IndexRange rows, columns;
    };
    /// Nothing outside the area, or when the plan or the area is empty.
    std::optional<Cells> cellsAt(QPoint pixel) const;
    /// Pixels of one cell, at least one; empty when there is no such cell.
    QRect rectOf(int row, int column) const;

    bool operator==(const PlanGeometry&) const = default;
};

}  // namespace dotmoe
