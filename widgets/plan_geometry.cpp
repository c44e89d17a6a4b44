#include "widgets/plan_geometry.h"

#include <algorithm>
#include <cstdint>

namespace dotmoe {
namespace {

// Item `index` of `from` items, laid over `to` slots: the slots s with floor(s * from / to) == index, or,
// where there are fewer slots than items, the one slot that floor(index * to / from) names.
IndexRange deal(int index, int from, int to) {
    const auto ceilDivide = [](std::int64_t a, std::int64_t b) { return static_cast<int>((a + b - 1) / b); };
    if (from > to) {
        const auto slot = static_cast<int>(std::int64_t{index} * to / from);
        return {slot, slot + 1};
    }
    return {ceilDivide(std::int64_t{index} * to, from), ceilDivide(std::int64_t{index + 1} * to, from)};
}

}  // namespace

IndexRange PooledAxis::cellsAt(int pixel) const {
    return deal(pixel, pixels, cells);
}
IndexRange PooledAxis::pixelsOf(int cell) const {
    return deal(cell, cells, pixels);
}

std::optional<PlanGeometry::Cells> PlanGeometry::cellsAt(QPoint pixel) const {
    if (rows <= 0 || columns <= 0 || !area.contains(pixel)) return std::nullopt;
    const QPoint inside = pixel - area.topLeft();
    const IndexRange down = vertical().cellsAt(inside.y()), along = horizontal().cellsAt(inside.x());
    return Cells{{firstRow + down.first, firstRow + down.end},
                 {firstColumn + along.first, firstColumn + along.end}};
}

QRect PlanGeometry::rectOf(int row, int column) const {
    row -= firstRow;
    column -= firstColumn;
    if (row < 0 || row >= rows || column < 0 || column >= columns || area.isEmpty()) return {};
    const IndexRange y = vertical().pixelsOf(row), x = horizontal().pixelsOf(column);
    return {area.left() + x.first, area.top() + y.first, x.end - x.first, y.end - y.first};
}

}  // namespace dotmoe
