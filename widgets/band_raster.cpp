#include "widgets/band_raster.h"

#include <algorithm>

namespace dotmoe {
namespace {

/// Source over destination, both premultiplied; `alpha` of 256.
QRgb over(QRgb colour, int alpha, QRgb below) {
    const auto channel = [alpha](int source, int under) {
        return (source * alpha + under * (256 - alpha)) / 256;
    };
    return qRgba(channel(qRed(colour), qRed(below)), channel(qGreen(colour), qGreen(below)),
                 channel(qBlue(colour), qBlue(below)), channel(255, qAlpha(below)));
}

}  // namespace

void layBand(QImage& picture, const BandShape& shape, const QColor& colour) {
    const auto stride = picture.bytesPerLine() / static_cast<qsizetype>(sizeof(QRgb));
    auto* pixels = reinterpret_cast<QRgb*>(picture.bits());
    const double opacity = 256 * colour.alphaF();
    for (int x = 0; x < picture.width(); ++x) {
        const double upper = shape.top((x + 0.5) / picture.width());
        const double top = std::max(upper, 0.0);
        const double bottom = std::min<double>(upper + shape.height, picture.height());
        for (int y = static_cast<int>(top); y < bottom; ++y) {
            const double cover = std::min(bottom, y + 1.0) - std::max<double>(top, y);
            QRgb& pixel = pixels[y * stride + x];
            pixel = over(colour.rgb(), static_cast<int>(cover * opacity + 0.5), pixel);
        }
    }
}

}  // namespace dotmoe
