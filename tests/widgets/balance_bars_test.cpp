#include "widgets/balance_bars.h"

#include <gtest/gtest.h>

#include <QSignalSpy>

#include "tests/widgets/pixels.h"
#include "tests/widgets/samples.h"

namespace dotmoe {
namespace {

const QColor loadColour(0x00, 0x72, 0xb2);

/// Share of the device pixels of a logical area that have a colour.
double shareOf(const QImage& seen, const QRect& area, const QColor& colour) {
    const QImage part = seen.copy(
        QRectF(area.topLeft() * seen.devicePixelRatio(), area.size() * seen.devicePixelRatio()).toRect());
    int found = 0;
    for (int y = 0; y < part.height(); ++y) {
        for (int x = 0; x < part.width(); ++x) found += similar(part.pixelColor(x, y), colour) ? 1 : 0;
    }
    return static_cast<double>(found) / (part.width() * part.height());
}

TEST(BalanceBars, HeightOfEveryBarIsItsLoad) {
    const auto load = samples::load(30, 84);
    BalanceBars bars;
    bars.setLoad(load, 15);
    show(bars, {900, 400});
    const QImage seen = picture(bars);
    const double unit = bars.yOf(0) - bars.yOf(1);
    ASSERT_GT(unit, 50);
    for (int expert = 0; expert < 84; ++expert) {
        if (expert == 3 || expert == 5) continue;
        const double value =
            static_cast<double>(load->load[std::size_t{15} * 84 + static_cast<std::size_t>(expert)]);
        const QRect bar = bars.barRect(expert);
        EXPECT_NEAR(bar.height(), value * unit, 2) << expert;
        // Count coloured pixels up the middle of the bar; the even-share line covers two of them.
        int height = 0;
        for (int y = 0; y < bars.height(); ++y)
            height += similar(colourAt(seen, QPoint(bar.center().x(), y)), loadColour) ? 1 : 0;
        EXPECT_NEAR(height, value * unit, 4) << expert;
    }
}

TEST(BalanceBars, DeadAndHotAreHatchedAndCounted) {
    BalanceBars bars;
    bars.setSharedNeurons(192);
    bars.setLoad(samples::load(30, 84), 15);
    show(bars, {1600, 400});
    EXPECT_EQ(bars.deadExperts(), 1);
    EXPECT_EQ(bars.hotExperts(), 1);
    EXPECT_TRUE(bars.title().contains(QStringLiteral("1 dead")));
    EXPECT_TRUE(bars.title().contains(QStringLiteral("1 hot")));
    EXPECT_TRUE(bars.title().contains(QStringLiteral("192 shared neurons")));
    const QImage seen = picture(bars);
    const QColor ground = bars.palette().color(QPalette::Window);
    for (const int expert : {3, 5}) {  // hatched: both the ground and something else within
        const QRect bar = bars.barRect(expert).adjusted(3, 3, -3, -3);
        EXPECT_GT(shareOf(seen, bar, ground), 0.1) << expert;
        EXPECT_LT(shareOf(seen, bar, ground), 0.95) << expert;
        EXPECT_EQ(shareOf(seen, bar, loadColour), 0) << expert;
    }
}

TEST(BalanceBars, HoverTellsTheExpert) {
    BalanceBars bars;
    bars.setLoad(samples::load(30, 84), 15);
    show(bars, {900, 400});
    picture(bars);
    const QSignalSpy hovered(&bars, &BalanceBars::expertHovered);
    QWidget* plot = bars.childAt(bars.rect().center());
    moveMouse(*plot, bars.barRect(5).center());
    ASSERT_EQ(hovered.count(), 1);
    EXPECT_EQ(hovered[0][0].toInt(), 5);
    EXPECT_DOUBLE_EQ(hovered[0][1].toDouble(), 2.75);
}

TEST(BalanceBars, LayersOutsideTheSnapshotAreEmpty) {
    BalanceBars bars;
    auto one = std::make_shared<LoadSnapshot>(*samples::load(1, 8));
    one->first_layer = 4;
    bars.setLoad(one, 4);
    EXPECT_FALSE(bars.barRect(7).isEmpty());
    for (const int layer : {3, 5}) {
        bars.setLoad(one, layer);
        EXPECT_TRUE(bars.barRect(0).isEmpty());
        EXPECT_TRUE(bars.title().contains(QStringLiteral("no expert load")));
    }
    one->load.pop_back();
    bars.setLoad(one, 4);
    EXPECT_TRUE(bars.barRect(0).isEmpty());
    bars.setLoad(nullptr, 4);
    EXPECT_TRUE(bars.barRect(0).isEmpty());
}

}  // namespace
}  // namespace dotmoe
