#include "widgets/plan_heatmap.h"

#include <gtest/gtest.h>

#include <QSignalSpy>

#include "tests/widgets/pixels.h"
#include "tests/widgets/samples.h"
#include "widgets/colour_maps.h"

namespace dotmoe {
namespace {

TEST(PlanHeatmap, CellsShowTheirMassInEveryMode) {
    const auto plan = samples::plan(40, 9, true, 8);
    PlanHeatmap heatmap;
    heatmap.setSnapshot(plan);
    show(heatmap, {640, 520});
    for (const PlanMode mode : {PlanMode::soft, PlanMode::hard, PlanMode::difference}) {
        heatmap.setMode(mode);
        const QImage seen = picture(heatmap);
        for (int neuron = 0; neuron < 40; ++neuron) {
            for (int column = 0; column < 9; ++column) {
                const double value = planMass(*plan, mode, neuron, column) / heatmap.scale();
                const QRgb wanted =
                    mode == PlanMode::difference ? divergingColour(value, false) : sequentialColour(value);
                const QPoint centre = heatmap.cellRect(heatmap.rowOf(neuron), column).center();
                ASSERT_TRUE(similar(colourAt(seen, centre), QColor(wanted))) << neuron << ',' << column;
            }
        }
    }
}

TEST(PlanHeatmap, DevicePixelsAreExactAtSmolLm2sSize) {
    const auto plan = samples::plan(1536, 85, true, 192);
    PlanHeatmap heatmap;
    heatmap.setSnapshot(plan);
    heatmap.setMode(PlanMode::hard);
    show(heatmap, {700, 500});
    const QImage seen = picture(heatmap);
    for (int neuron = 0; neuron < 1536; ++neuron) {  // no owner is lost in pooling
        const int owner = plan->owner[static_cast<std::size_t>(neuron)];
        const QRect cell = heatmap.geometryInDevicePixels().rectOf(heatmap.rowOf(neuron), owner);
        ASSERT_TRUE(similar(seen.pixelColor(cell.center()), QColor(sequentialColour(1)))) << neuron;
    }
}

TEST(PlanHeatmap, HoverTellsNeuronColumnMassAndMargin) {
    const auto plan = samples::plan(40, 9, true, 8);
    PlanHeatmap heatmap;
    heatmap.setSnapshot(plan);
    show(heatmap, {640, 520});
    const QSignalSpy hovered(&heatmap, &PlanHeatmap::cellHovered);
    const QSignalSpy left(&heatmap, &PlanHeatmap::hoverLeft);
    moveMouse(heatmap, heatmap.cellRect(heatmap.rowOf(23), 4).center());
    ASSERT_EQ(hovered.count(), 1);
    EXPECT_EQ(hovered[0][0].toInt(), 23);
    EXPECT_EQ(hovered[0][1].toInt(), 4);
    EXPECT_DOUBLE_EQ(hovered[0][2].toDouble(), planMass(*plan, PlanMode::soft, 23, 4));
    EXPECT_DOUBLE_EQ(hovered[0][3].toDouble(), plan->margin[23]);
    EXPECT_TRUE(heatmap.accessibleDescription().contains(QStringLiteral("neuron 23 · expert 3")));
    moveMouse(heatmap, heatmap.cellRect(heatmap.rowOf(23), 0).center());
    ASSERT_EQ(hovered.count(), 2);
    EXPECT_TRUE(heatmap.accessibleDescription().contains(QStringLiteral("neuron 23 · shared")));
    moveMouse(heatmap, QPoint(2, 2));
    EXPECT_EQ(left.count(), 1);
}

TEST(PlanHeatmap, ArrowKeysWalkTheCells) {
    PlanHeatmap heatmap;
    heatmap.setSnapshot(samples::plan(40, 9, true, 8));
    show(heatmap, {640, 520});
    const QSignalSpy hovered(&heatmap, &PlanHeatmap::cellHovered);
    for (const auto key : {Qt::Key_Right, Qt::Key_Right, Qt::Key_Right, Qt::Key_Left, Qt::Key_Down})
        QTest::keyClick(&heatmap, key);
    ASSERT_EQ(hovered.count(), 5);  // the first shows the corner
    EXPECT_EQ(heatmap.rowOf(hovered[4][0].toInt()), 1);
    EXPECT_EQ(hovered[4][1].toInt(), 1);
}

TEST(PlanHeatmap, NamesColumnsByExpert) {
    PlanHeatmap heatmap;
    heatmap.setSnapshot(samples::plan(40, 9, true, 8));
    EXPECT_EQ(heatmap.columnName(0), QStringLiteral("shared"));
    EXPECT_EQ(heatmap.columnName(8), QStringLiteral("7"));
    heatmap.setSnapshot(samples::plan(40, 8, false));
    EXPECT_EQ(heatmap.columnName(0), QStringLiteral("0"));
}

TEST(PlanHeatmap, ABrokenOrMissingPlanEmptiesTheView) {
    PlanHeatmap heatmap;
    const auto broken = samples::plan(40, 9, true, 8);
    broken->soft.clear();
    heatmap.setSnapshot(samples::plan(40, 9, true, 8));
    heatmap.setSnapshot(broken);
    EXPECT_TRUE(heatmap.cellRect(0, 0).isEmpty());
    show(heatmap, {300, 200});
    moveMouse(heatmap, QPoint(150, 100));
    EXPECT_FALSE(picture(heatmap).isNull());
}

TEST(PlanHeatmap, DarkPaletteRedrawsTheDifference) {
    const auto plan = samples::plan(40, 9, true, 8);
    PlanHeatmap heatmap;
    heatmap.setSnapshot(plan);
    heatmap.setMode(PlanMode::hard);
    heatmap.setMode(PlanMode::difference);
    show(heatmap, {640, 520});
    picture(heatmap);
    heatmap.setPalette(darkPalette());
    const double value = planMass(*plan, PlanMode::difference, 5, plan->owner[5]) / heatmap.scale();
    const QPoint centre = heatmap.cellRect(heatmap.rowOf(5), plan->owner[5]).center();
    EXPECT_TRUE(similar(colourAt(picture(heatmap), centre), QColor(divergingColour(value, true))));
}

}  // namespace
}  // namespace dotmoe
