#include "widgets/label_placement.h"

#include <algorithm>
#include <array>
#include <limits>

namespace dotmoe {
namespace {

bool crosses(const QLineF& line, const QRectF& rect) {
    const auto [left, right] = std::minmax({line.x1(), line.x2()});
    if (right < rect.left() || left > rect.right()) return false;
    if (rect.contains(line.p1()) || rect.contains(line.p2())) return true;
    const std::array diagonals{QLineF(rect.topLeft(), rect.bottomRight()),
                               QLineF(rect.topRight(), rect.bottomLeft())};
    return std::ranges::any_of(diagonals, [&](const QLineF& diagonal) {
        return line.intersects(diagonal, nullptr) == QLineF::BoundedIntersection;
    });
}

}  // namespace

std::vector<QRectF> placesBeside(QPointF point, QSizeF size, double gap) {
    const double across = gap + size.width() / 2, along = gap + size.height() / 2;
    std::vector<QRectF> places;
    for (const QPointF& offset :
         {QPointF(0, -along), QPointF(0, along), QPointF(across, 0), QPointF(-across, 0)}) {
        places.emplace_back(QPointF(), size);
        places.back().moveCenter(point + offset);
    }
    return places;
}

std::vector<std::optional<QRectF>> placeLabels(const std::vector<std::vector<QRectF>>& offered,
                                               const LabelSpace& space) {
    std::vector<std::optional<QRectF>> placed;
    auto taken = space.markers;
    for (const auto& places : offered) {
        std::optional<QRectF> best;
        auto fewest = std::numeric_limits<std::ptrdiff_t>::max();
        for (const QRectF& place : places) {
            if (fewest == 0) break;
            const bool free =
                space.bounds.contains(place) &&
                std::ranges::none_of(taken, [&](const QRectF& other) { return other.intersects(place); });
            if (!free) continue;
            const auto lines =
                std::ranges::count_if(space.lines, [&](const QLineF& line) { return crosses(line, place); });
            if (lines >= fewest) continue;
            best = place;
            fewest = lines;
        }
        if (best) taken.push_back(*best);
        placed.push_back(best);
    }
    return placed;
}

}  // namespace dotmoe
