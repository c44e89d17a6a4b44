// Where labels go in a crowded picture.
#pragma once

#include <QLineF>
#include <QRectF>
#include <optional>
#include <vector>

namespace dotmoe {

struct LabelSpace {
    QRectF bounds;                ///< that no label leaves
    std::vector<QRectF> markers;  ///< that no label covers
    std::vector<QLineF> lines;    ///< that a label covers only where it must
};

/// Above, below, right and left of a point, `gap` from its middle.
std::vector<QRectF> placesBeside(QPointF point, QSizeF size, double gap);

/// For each label, of the places offered to it the first that covers no marker, no label placed before and
/// the fewest lines. None where each would cover a marker or a label.
std::vector<std::optional<QRectF>> placeLabels(const std::vector<std::vector<QRectF>>& offered,
                                               const LabelSpace& space);

}  // namespace dotmoe
