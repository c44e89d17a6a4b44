#include "widgets/pareto_plot.h"

#include <gtest/gtest.h>
#include <qcustomplot.h>

#include <QSignalSpy>
#include <QToolTip>
#include <algorithm>

#include "tests/widgets/pixels.h"
#include "widgets/colour_maps.h"
#include "widgets/curve_series.h"
#include "widgets/dial_curve.h"

namespace dotmoe {
namespace {

/// `highest` is the perplexity of the sparsest.
Pareto sample(double highest) {
    return {.denseParameters = 135e6,
            .densePerplexity = 16,
            .points = {{84, 12, 192, 6, 0.19, 110e6, highest, 2.7, 0.2, true},
                       {96, 24, 0, 12, 0.13, 112e6, highest * 0.9, 2.5, 0.21, true},
                       {12, 3, 0, 3, 0.25, 115e6, highest * 0.95, 1.7, 0.3, false},
                       {84, 12, 192, 12, 0.25, 117e6, 20, 1.6, 0.4, true}}};
}

QColor frontColour() {
    return seriesPen(Series::perplexity, false).color();
}

std::vector<QRectF> names(const QWidget& view) {
    std::vector<QRectF> rects;
    const auto* plot = view.findChild<QCustomPlot*>();
    for (int i = 0; i < plot->itemCount(); ++i)
        if (const auto* text = qobject_cast<QCPItemText*>(plot->item(i)); text && text->visible())
            rects.emplace_back(text->topLeft->pixelPosition(), text->bottomRight->pixelPosition());
    return rects;
}

TEST(ParetoPlot, TheFrontIsALineOfStepsThroughItsPoints) {
    ParetoPlot plot;
    plot.setPareto(sample(28));
    show(plot, {700, 420});
    const QImage seen = picture(plot);
    for (const int point : {0, 1, 3}) EXPECT_TRUE(isDrawn(seen, plot.pointAt(point), frontColour())) << point;
    EXPECT_FALSE(isDrawn(seen, plot.pointAt(2), frontColour()));
    // Between two points of the front the left one is the best there is: level, then down.
    const QPointF from = plot.pointAt(1), to = plot.pointAt(3);
    EXPECT_TRUE(isDrawn(seen, {(from.x() + to.x()) / 2, from.y()}, frontColour()));
    EXPECT_TRUE(isDrawn(seen, {to.x(), (from.y() + to.y()) / 2}, frontColour()));
    EXPECT_FALSE(isDrawn(seen, (from + to) / 2, frontColour()));
    EXPECT_TRUE(isDrawn(seen, plot.densePoint(), seriesPen(Series::crossEntropy, false).color()));
}

TEST(ParetoPlot, AnAxisIsLogarithmicWhereItsValuesSpanADecade) {
    ParetoPlot plot;
    show(plot, {700, 420});
    plot.setPareto(sample(150));
    EXPECT_FALSE(plot.isLogarithmic());
    plot.setPareto(sample(320));
    EXPECT_TRUE(plot.isLogarithmic());
    EXPECT_GT(plot.pointAt(0).y(), 0);
    EXPECT_LT(plot.densePoint().y(), 420);
    plot.setPareto({});
    EXPECT_TRUE(plot.table().rows.empty());
}

TEST(ParetoPlot, APointUnderTheMouseTellsAllOfItAndAClickChoosesIt) {
    ParetoPlot plot;
    plot.setPareto(sample(28));
    show(plot, {700, 420});
    const QSignalSpy chosen(&plot, &ParetoPlot::pointChosen);
    QWidget* inner = plot.findChild<QCustomPlot*>();
    moveMouse(*inner, plot.pointAt(2) + QPointF(3, 2));
    for (const auto* part : {"E 12", "k 3", "S 0", "115.0 M", "perplexity 26.6", "25.0 %"})
        EXPECT_TRUE(QToolTip::text().contains(part)) << part << QToolTip::text().toStdString();
    QTest::mouseClick(inner, Qt::LeftButton, {}, plot.pointAt(2).toPoint());
    ASSERT_EQ(chosen.count(), 1);
    EXPECT_EQ(chosen[0][0].toInt(), 2);
    QTest::mouseClick(inner, Qt::LeftButton, {}, plot.pointAt(2).toPoint() + QPoint(0, 30));
    EXPECT_EQ(chosen.count(), 1);

    const QImage before = picture(plot);
    plot.setCurrent(2);
    EXPECT_EQ(plot.current(), 2);
    const QPointF ring = plot.pointAt(2) + QPointF(9.5, 0);
    EXPECT_FALSE(isDrawn(before, ring, plot.palette().color(QPalette::WindowText)));
    EXPECT_TRUE(isDrawn(picture(plot), ring, plot.palette().color(QPalette::WindowText)));
    plot.setCurrent(4);  // the dense model's row
    EXPECT_EQ(plot.current(), -1);
}

TEST(ParetoPlot, TheTableHasEveryPointAndTheDenseModel) {
    ParetoPlot plot;
    plot.setPareto(sample(28));
    const auto table = plot.table();
    ASSERT_EQ(table.rows.size(), 5U);
    EXPECT_EQ(table.rows[3], (QStringList{"84", "12", "192", "25.0", "117.0", "20.00", "1.600", "40.0",
                                          "front, as trained"}));
    EXPECT_EQ(table.rows[2].back(), "as trained");
    EXPECT_EQ(table.rows[0].back(), "front");
    EXPECT_EQ(table.rows[4][5], "16.00");
    EXPECT_EQ(table.rows[4].back(), "dense");
}

TEST(ParetoPlot, NoNameCoversAPointOrAnotherName) {
    ParetoPlot plot;
    plot.setPareto(sample(28));
    show(plot, {700, 420});
    picture(plot);
    const auto shown = names(plot);
    EXPECT_EQ(shown.size(), 5U) << "there is room for all";
    for (std::size_t i = 0; i < shown.size(); ++i) {
        for (int point = 0; point < 4; ++point)
            EXPECT_FALSE(shown[i].contains(plot.pointAt(point))) << i << " " << point;
        for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(shown[i].intersects(shown[j]));
    }
}

TEST(DialCurve, NoNameCoversAPointOfEitherCurve) {
    DialCurve dial;
    dial.setRows({{6, 0.188, 110e6, 250.2, 2.7, 71.5, false},
                  {12, 0.25, 115e6, 77.2, 1.66, 66.1, true},
                  {18, 0.31, 119e6, 60.4, 1.4, 62.8, false},
                  {84, 1, 135e6, 16.1, 0, 45.2, false}});
    show(dial, {520, 300});
    picture(dial);
    const auto shown = names(dial);
    EXPECT_EQ(shown.size(), 4U);
    for (const auto& name : shown)
        for (int row = 0; row < 4; ++row)
            for (const QPointF point : {dial.perplexityPoint(row), dial.speedPoint(row)})
                EXPECT_FALSE(name.adjusted(-3, -3, 3, 3).contains(point)) << row;
}

}  // namespace
}  // namespace dotmoe
