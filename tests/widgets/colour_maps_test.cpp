#include "widgets/colour_maps.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "tests/widgets/pixels.h"

namespace dotmoe {
namespace {

double cieLightness(
    const QColor& colour) {  // L* of CIELAB, from the WCAG luminance by way of contrast with black
    const double luminance = contrast(colour, Qt::black) * 0.05 - 0.05;
    return luminance > 0.008856 ? 116 * std::cbrt(luminance) - 16 : 903.3 * luminance;
}

TEST(ColourMaps, SequentialMatchesMatplotlibBetweenItsStops) {
    // matplotlib 3.11, viridis at 0, 60/255, 128/255, 200/255, 1: entries of its table, not the ones we keep.
    EXPECT_TRUE(similar(QColor(sequentialColour(0)), QColor(0x440154), 0));
    EXPECT_TRUE(similar(QColor(sequentialColour(60 / 255.0)), QColor(0x3d4e8a), 2));
    EXPECT_TRUE(similar(QColor(sequentialColour(128 / 255.0)), QColor(0x21918c), 2));
    EXPECT_TRUE(similar(QColor(sequentialColour(200 / 255.0)), QColor(0x70cf57), 2));
    EXPECT_TRUE(similar(QColor(sequentialColour(1)), QColor(0xfde725), 0));
}

TEST(ColourMaps, SequentialLightnessRisesEvenly) {
    double before = cieLightness(QColor(sequentialColour(0)));
    for (int i = 1; i <= 20; ++i) {
        const double now = cieLightness(QColor(sequentialColour(i / 20.0)));
        EXPECT_GT(now - before, 2.0) << i;
        EXPECT_LT(now - before, 6.0) << i;
        before = now;
    }
}

TEST(ColourMaps, OutOfRangeAndNanAreClamped) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_EQ(sequentialColour(-3), sequentialColour(0));
    EXPECT_EQ(sequentialColour(7), sequentialColour(1));
    EXPECT_EQ(sequentialColour(nan), sequentialColour(0));
    EXPECT_EQ(divergingColour(nan, true), divergingColour(0, true));
}

TEST(ColourMaps, DivergingIsBlueBelowAndRedAboveAndQuietAtZero) {
    for (const bool dark : {false, true}) {
        for (const double size : {0.3, 0.6, 1.0}) {
            const QColor below(divergingColour(-size, dark)), above(divergingColour(size, dark));
            EXPECT_GT(below.blue(), below.red());
            EXPECT_GT(above.red(), above.blue());
        }
        const QColor ground = dark ? Qt::black : Qt::white;
        EXPECT_LT(contrast(QColor(divergingColour(0, dark)), ground), 1.25);
    }
}

std::array<double, 3> okLab(const QColor& colour) {  // Ottosson 2020, from sRGB
    const auto linear = [](double c) {
        return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
    };
    const double r = linear(colour.redF()), g = linear(colour.greenF()), b = linear(colour.blueF());
    const double l = std::cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
    const double m = std::cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
    const double s = std::cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
    return {0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + 0.4505937099 * s,
            0.0259040371 * l + 0.7827717662 * m - 0.8086757660 * s};
}

double closestPair(int experts) {
    double closest = 1;
    for (int a = 0; a < experts; ++a) {
        for (int b = a + 1; b < experts; ++b) {
            const auto one = okLab(expertColour(a)), other = okLab(expertColour(b));
            closest = std::min(closest, std::hypot(one[0] - other[0], one[1] - other[1], one[2] - other[2]));
        }
    }
    return closest;
}

TEST(ColourMaps, ExpertsAreSteadyAndApart) {  // 0.02 in OKLab is about one just noticeable difference
    EXPECT_EQ(expertColour(17), expertColour(17));
    EXPECT_GT(closestPair(16), 0.08);
    EXPECT_GT(closestPair(84), 0.03);
    EXPECT_EQ(expertColour(-1).saturation(), 0);
}

TEST(ColourMaps, TextOnEveryExpertIsReadable) {
    for (int expert = -1; expert < 512; ++expert) {
        const QColor colour = expertColour(expert);
        EXPECT_GE(contrast(colour, readableOn(colour)), 4.5) << expert;
    }
}

TEST(ColourMaps, ContrastIsThatOfWcag) {
    EXPECT_NEAR(contrast(Qt::black, Qt::white), 21, 1e-3);
    EXPECT_NEAR(contrast(QColor(0x777777), Qt::white), 4.48, 0.01);  // the well-known grey that just fails AA
}

TEST(ColourMaps, DarkIsReadFromThePalette) {
    EXPECT_TRUE(isDark(darkPalette()));
    EXPECT_FALSE(isDark(QPalette(Qt::white)));
}

}  // namespace
}  // namespace dotmoe
