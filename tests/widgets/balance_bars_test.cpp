#include "widgets/balance_bars.h"

#include <gtest/gtest.h>

#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>

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

TEST(BalanceBars, ClicksAndKeysChooseAnExpertAndItIsOutlined) {
    BalanceBars bars;
    bars.setFocusPolicy(Qt::StrongFocus);
    bars.setLoads(samples::load(1, 16)->load, 7, "held-out text");
    show(bars, {900, 400});
    bars.activateWindow();
    ASSERT_TRUE(QTest::qWaitForWindowActive(&bars));
    EXPECT_TRUE(bars.title().contains("Layer 7")) << bars.title().toStdString();
    EXPECT_TRUE(bars.title().contains("held-out text"));
    QObject::connect(&bars, &BalanceBars::expertChosen, &bars, &BalanceBars::setExpert);
    QWidget* plot = bars.childAt(bars.rect().center());
    QTest::mouseClick(plot, Qt::LeftButton, {}, bars.barRect(8).center());
    EXPECT_EQ(bars.expert(), 8);
    QTest::keyClick(QApplication::focusWidget(), Qt::Key_Right);
    EXPECT_EQ(bars.expert(), 9);
    EXPECT_TRUE(isDrawn(picture(bars), bars.barRect(9).topLeft() + QPointF(0, 10),
                        bars.palette().color(QPalette::Highlight)));
    bars.clearFocus();
    const QImage seen = picture(bars);
    const auto text = bars.palette().color(QPalette::WindowText);
    EXPECT_TRUE(isDrawn(seen, bars.barRect(9).topLeft() + QPointF(0, 10), text));
    EXPECT_FALSE(isDrawn(seen, bars.barRect(12).topLeft() + QPointF(0, 10), text));
    for (int i = 0; i < 20; ++i) QTest::keyClick(&bars, Qt::Key_Right);
    EXPECT_EQ(bars.expert(), 15);
    bars.setExpert(-1);
    EXPECT_FALSE(isDrawn(picture(bars), bars.barRect(15).topLeft() + QPointF(0, 10), text));
}

TEST(BalanceBars, TheLegendLeftOutIsInTheFile) {
    BalanceBars usual, bars;
    for (auto* each : {&usual, &bars}) each->setLoad(samples::load(30, 84), 15);
    bars.leaveLegendOut();
    show(usual, {500, 250});
    show(bars, {500, 250});
    const auto unit = [](const BalanceBars& each) { return each.yOf(0) - each.yOf(1); };
    const int before = unit(bars);
    EXPECT_GT(before, unit(usual) + 3) << "its room is the bars'";
    const QImage screen = picture(bars);
    const QTemporaryDir folder;
    for (const QString name : {"usual.svg", "bars.svg"}) {
        ASSERT_EQ(saveView(name == "usual.svg" ? usual : bars, folder.filePath(name)), std::nullopt);
        QFile file(folder.filePath(name));
        ASSERT_TRUE(file.open(QIODevice::ReadOnly));
        EXPECT_TRUE(file.readAll().contains("dead, no token")) << name.toStdString();
    }
    EXPECT_EQ(unit(bars), before);
    EXPECT_EQ(picture(bars), screen);
}

TEST(BalanceBars, ReachAsFarAsThoseBesideThem) {
    BalanceBars bars;
    auto load = samples::load(1, 8);
    for (float& each : load->load) each = 1;
    bars.setLoad(load, 0);
    show(bars, {500, 300});
    const int unit = bars.yOf(0) - bars.yOf(1);
    EXPECT_EQ(bars.highest(), 1);
    bars.reachTo(4);
    EXPECT_NEAR(bars.yOf(0) - bars.yOf(1), unit / 2.0, 2) << "from twice the even share to four times";
    bars.reachTo(1.5);
    EXPECT_EQ(bars.yOf(0) - bars.yOf(1), unit);
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
