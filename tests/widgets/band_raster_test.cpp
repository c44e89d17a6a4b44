#include "widgets/band_raster.h"

#include "pixels.h"

namespace dotmoe {
namespace {

QImage ground() {
    QImage picture(40, 30, QImage::Format_ARGB32_Premultiplied);
    picture.fill(Qt::white);
    return picture;
}

TEST(BandRaster, CoversPixelsByTheirShare) {
    QImage picture = ground();
    layBand(picture, {5.25, 5.25, 2.25}, Qt::black);
    for (const int x : {0, 20, 39}) {
        EXPECT_TRUE(similar(picture.pixelColor(x, 4), Qt::white, 0));
        EXPECT_TRUE(similar(picture.pixelColor(x, 5), QColor(64, 64, 64), 1)) << "3/4";
        EXPECT_TRUE(similar(picture.pixelColor(x, 6), Qt::black, 0));
        EXPECT_TRUE(similar(picture.pixelColor(x, 7), QColor(127, 127, 127), 1)) << "half";
        EXPECT_TRUE(similar(picture.pixelColor(x, 8), Qt::white, 0));
    }
}

// As much ink in every column, however it swings, and where the curve says. A pixel's ink counts in its
// middle, so each end of a band is off by up to an eighth.
TEST(BandRaster, KeepsItsHeightOnItsWay) {
    QImage picture = ground();
    layBand(picture, {2, 24, 3.5}, Qt::black);
    for (int x = 0; x < picture.width(); ++x) {
        double ink = 0, moment = 0;
        for (int y = 0; y < picture.height(); ++y) {
            const double dark = 1 - picture.pixelColor(x, y).lightnessF();
            ink += dark;
            moment += dark * (y + 0.5);
        }
        EXPECT_NEAR(ink, 3.5, 0.02) << x;
        const double across = (x + 0.5) / picture.width();
        EXPECT_NEAR(moment / ink, 2 + 22 * across * across * (3 - 2 * across) + 1.75, 2 / 8.0 / 3.5 + 0.01)
            << x;
    }
}

TEST(BandRaster, LaysOneOverAnotherAndStaysInside) {
    QImage picture = ground();
    layBand(picture, {10, 10, 5}, Qt::black);
    layBand(picture, {10, 10, 5}, QColor(255, 0, 0, 128));
    EXPECT_TRUE(similar(picture.pixelColor(20, 12), QColor(128, 0, 0), 1));
    layBand(picture, {28, 40, 9}, Qt::black);
    layBand(picture, {-20, -5, 9}, Qt::black);
    EXPECT_TRUE(similar(picture.pixelColor(0, 29), Qt::black, 0));
    EXPECT_TRUE(similar(picture.pixelColor(39, 29), Qt::white, 0));
    EXPECT_TRUE(similar(picture.pixelColor(0, 0), Qt::white, 0)) << "wholly above";
    EXPECT_TRUE(similar(picture.pixelColor(39, 2), Qt::black, 0)) << "its lower part";
}

}  // namespace
}  // namespace dotmoe
