// Bands that swing from one side of a picture to the other, laid over it column by column. A band has no
// steep edge, so a column of pixels knows its cover exactly; QPainter's polygons took 150 ms for the bands of
// 84 experts, most of it in waking threads.
#pragma once

#include <QColor>
#include <QImage>

namespace dotmoe {

/// Heights from the top, in any one unit.
struct BandShape {
    double left = 0, right = 0;  ///< upper end on either side
    double height = 0;

    /// Upper edge at `across`, 0 (left) to 1: level at both sides (smoothstep).
    double top(double across) const { return left + (right - left) * across * across * (3 - 2 * across); }
};

/// `shape` in pixels. The picture is in Format_ARGB32_Premultiplied; what lies outside of it is left out.
void layBand(QImage& picture, const BandShape& shape, const QColor& colour);

}  // namespace dotmoe
