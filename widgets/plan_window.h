// Which part of a plan is looked at: zooming and moving, without a widget.
#pragma once

#include "widgets/plan_geometry.h"

namespace dotmoe {

/// Rows as drawn and columns, never empty for a plan that has any.
struct PlanWindow {
    IndexRange rows, columns;
    bool operator==(const PlanWindow&) const = default;
};

/// `range` of 0..cells made `factor` times as long, at least `least` long (or as long as all), about the
/// point that lies at share `anchor` (0..1) of it.
IndexRange zoomed(IndexRange range, int cells, double factor, double anchor, int least);
/// As long as before, `by` cells on, as far as 0..cells goes.
IndexRange moved(IndexRange range, int cells, int by);
/// Moved no more than is needed to hold the cell.
IndexRange movedToHold(IndexRange range, int cells, int cell);
/// `range` of 0..cells in a plan of `others` cells: all stays all, else the same cells, moved and cut no more
/// than is needed to lie within.
IndexRange fitted(IndexRange range, int cells, int others);

}  // namespace dotmoe
