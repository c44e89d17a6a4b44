#include "widgets/curves.h"

#include <gtest/gtest.h>
#include <qcustomplot.h>

#include <QCheckBox>
#include <QSignalSpy>
#include <cmath>

#include "tests/widgets/pixels.h"

namespace dotmoe {
namespace {

TrainingStep stepAt(int step) {
    TrainingStep result;
    result.step = step;
    result.kl = 2.0 / (step + 1);
    result.cross_entropy = 3 + 1.0 / (step + 1);
    result.balance = 1.1;
    result.z = 10;
    result.temperature = 0.5;
    result.loss = 2 * result.kl + result.cross_entropy;
    return result;
}

void train(Curves& curves, int steps) {
    for (int step = 0; step < steps; ++step) curves.append(stepAt(step));
}

QCheckBox* boxOf(Curves& curves, const QString& name) {
    for (auto* box : curves.findChildren<QCheckBox*>()) {
        if (box->text().startsWith(name)) return box;
    }
    return nullptr;
}

TEST(Curves, PointsAreDrawnWhereTheDataSay) {
    Curves curves;
    train(curves, 21);
    show(curves, {1000, 360});
    for (const bool logarithmic : {true, false}) {
        curves.setLogarithmic(logarithmic);
        const QImage seen = picture(curves);
        for (const int step : {3, 10, 17}) {
            EXPECT_TRUE(
                isDrawn(seen, curves.pointOf(step, stepAt(step).kl), seriesPen(Series::kl, false).color()))
                << step;
            EXPECT_FALSE(isDrawn(seen, curves.pointOf(step, 1.6), seriesPen(Series::kl, false).color()))
                << step;
        }
    }
}

TEST(Curves, LogarithmicAxisIsLogarithmic) {
    Curves curves;
    train(curves, 5);
    show(curves, {1000, 360});
    const auto y = [&](double value) { return curves.pointOf(0, value).y(); };
    EXPECT_NEAR(y(1) - y(2), y(2) - y(4), 1);
    curves.setLogarithmic(false);
    EXPECT_NEAR(y(1) - y(2), y(2) - y(3), 1);
}

TEST(Curves, BoxesSwitchSeriesAndShowTheirLastValue) {
    Curves curves;
    train(curves, 5);
    show(curves, {1000, 360});
    QCheckBox* kl = boxOf(curves, QStringLiteral("KL"));
    ASSERT_TRUE(kl);
    EXPECT_EQ(kl->text(), QStringLiteral("KL  0.4"));
    QTest::mouseClick(kl, Qt::LeftButton, {}, QPoint(8, kl->height() / 2));
    EXPECT_FALSE(curves.isSeriesVisible(Series::kl));
    EXPECT_FALSE(
        isDrawn(picture(curves), curves.pointOf(2, stepAt(2).kl), seriesPen(Series::kl, false).color()));
    QTest::keyClick(kl, Qt::Key_Space);
    EXPECT_TRUE(curves.isSeriesVisible(Series::kl));
    EXPECT_TRUE(
        isDrawn(picture(curves), curves.pointOf(2, stepAt(2).kl), seriesPen(Series::kl, false).color()));
}

TEST(Curves, CrosshairSnapsToAStepAndShowsItsValues) {
    Curves curves;
    train(curves, 21);
    show(curves, {1000, 360});
    picture(curves);
    const QSignalSpy hovered(&curves, &Curves::stepHovered);
    QWidget* plot = curves.childAt(curves.pointOf(10, 1).toPoint());
    moveMouse(*plot, plot->mapFrom(&curves, (curves.pointOf(10, 1) + QPointF(4, 0)).toPoint()));
    ASSERT_EQ(hovered.count(), 1);
    EXPECT_EQ(hovered[0][0].toDouble(), 10);
    EXPECT_EQ(boxOf(curves, QStringLiteral("cross-entropy"))->text(), QStringLiteral("cross-entropy  3.091"));
    EXPECT_TRUE(curves.title().contains(QStringLiteral("step 10")));
    QEvent leave(QEvent::Leave);
    QCoreApplication::sendEvent(plot, &leave);
    EXPECT_FALSE(curves.title().contains(QStringLiteral("step 10")));
    EXPECT_EQ(boxOf(curves, QStringLiteral("cross-entropy"))->text(), QStringLiteral("cross-entropy  3.048"));
}

TEST(Curves, PerplexityIsKnownFromItsLastMeasurementOnly) {
    Curves curves;
    curves.append(QualitySnapshot{"dense", 0, 17.2, 0, 0});
    curves.append(QualitySnapshot{"layerwise", 0, 201, 0, 0});
    curves.append(QualitySnapshot{"step 15", 15, 98, 0, 0});
    EXPECT_EQ(curves.valueAt(Series::perplexity, 14), 201);
    EXPECT_EQ(curves.valueAt(Series::perplexity, 30), 98);
    EXPECT_EQ(curves.valueAt(Series::loss, 30), std::nullopt);
    EXPECT_EQ(curves.valueAt(Series::perplexity, -1), std::nullopt);
    train(curves, 21);
    show(curves, {1000, 360});
    const QColor ink = seriesPen(Series::perplexity, false).color();
    EXPECT_TRUE(isDrawn(picture(curves), curves.pointOf(7, 17.2), ink));  // the dense level
    curves.setSeriesVisible(Series::perplexity, false);
    EXPECT_FALSE(isDrawn(picture(curves), curves.pointOf(7, 17.2), ink));
}

TEST(Curves, AFitStandsBesideTheStepBeforeIt) {
    Curves curves;
    curves.append(QualitySnapshot{"layerwise", 0, 99.6, 0, 0});
    curves.append(QualitySnapshot{"aligned", 4, 82.7, 0, 0});
    for (int twice = 0; twice < 2; ++twice) curves.append(QualitySnapshot{"converted", 4, 31.6, 0, 0});
    EXPECT_EQ(curves.valueAt(Series::perplexity, 4), 31.6);
    const auto rows = curves.table().rows;
    EXPECT_EQ(std::ranges::count_if(rows, [](const auto& row) { return row[1] == csvNumber(4); }), 2);
    show(curves, {1000, 360});
    const QColor ink = seriesPen(Series::perplexity, false).color();
    EXPECT_TRUE(isDrawn(picture(curves), curves.pointOf(4, 82.7), ink));
    EXPECT_TRUE(isDrawn(picture(curves), curves.pointOf(4, 50), ink));  // the fall from one to the other
    EXPECT_TRUE(isDrawn(picture(curves), curves.pointOf(2, 91.15), ink));
}

TEST(Curves, NoLineCrossesTheLabelOfALevel) {
    Curves curves;
    curves.append(QualitySnapshot{"dense", 0, 84, 0, 0});
    curves.append(QualitySnapshot{"random_layerwise", 0, 104.8, 0, 0});
    train(curves, 21);
    show(curves, {1000, 280});
    const QImage seen = picture(curves);
    const QColor ink = seriesPen(Series::perplexity, false).color();
    // The random split's level, 10 % above the dense one's, runs behind the dense one's label and beside it.
    const auto* plot = curves.findChild<QCustomPlot*>();
    int labels = 0;
    for (int i = 0; i < plot->itemCount(); ++i) {
        const auto* label = qobject_cast<QCPItemText*>(plot->item(i));
        if (!label) continue;
        ++labels;
        const QRectF box = QRectF(label->topLeft->pixelPosition(), label->bottomRight->pixelPosition())
                               .translated(plot->mapTo(&curves, QPoint()))
                               .adjusted(2, 2, -2, -3);
        for (double y = box.top(); y < box.bottom(); ++y)
            for (double x = box.left(); x < box.right(); ++x)
                ASSERT_FALSE(similar(colourAt(seen, {x, y}), ink, 30)) << label->text().toStdString();
    }
    EXPECT_EQ(labels, 2);
}

TEST(Curves, TheLabelOfALevelCoversNoCurve) {
    for (const int end : {0, 20}) {  // a measurement at either side, where a label would stand
        Curves curves;
        curves.append(QualitySnapshot{"dense", 0, 100, 0, 0});
        for (const int step : {0, 10, 20})
            curves.append(QualitySnapshot{"step", step, step == end ? 102.0 : 900.0, 0, 0});
        train(curves, 21);
        show(curves, {1000, 280});
        const QImage seen = picture(curves);
        EXPECT_TRUE(isDrawn(seen, curves.pointOf(end, 102), seriesPen(Series::perplexity, false).color()))
            << end;
    }
}

TEST(Curves, InALowDockALabelFindsTheStripThatIsFree) {
    Curves curves;  // SmolLM2 by `quick`, where each of the nearest places covers a curve
    curves.append(QualitySnapshot{"dense", 0, 16.13, 0, 0});
    curves.append(QualitySnapshot{"random_layerwise", 0, 208.7, 0, 0});
    curves.append(QualitySnapshot{"layerwise", 0, 99.56, 0, 0});
    curves.append(QualitySnapshot{"aligned", 4, 82.71, 0, 0});
    curves.append(QualitySnapshot{"converted", 4, 31.63, 0, 0});
    for (int step = 1; step <= 4; ++step) {
        TrainingStep at = stepAt(step);
        at.loss = 9.2;
        at.kl = 1.8;
        at.cross_entropy = 5.3;
        at.balance = 1.4;
        at.z = 378;
        at.temperature = step == 1 ? 1 : 0.1;
        curves.append(at);
    }
    show(curves, {790, 200});
    const QImage seen = picture(curves);
    const QColor perplexity = seriesPen(Series::perplexity, false).color();
    for (double step = 0.25; step < 4; step += 0.25)
        EXPECT_TRUE(isDrawn(seen, curves.pointOf(step, 99.56 - 16.85 * step / 4), perplexity)) << step;
}

TEST(Curves, LayerErrorsAreBarsOfTheirHeight) {
    Curves curves;
    curves.setLayerErrors({0.4, std::nan(""), 0.2, -1, 0.3});
    TrainingStep layerwise;
    layerwise.stage = Stage::layerwise;
    layerwise.layer = 2;
    layerwise.reconstruction = 0.1;
    curves.append(layerwise);
    EXPECT_EQ(curves.layerError(0), 0.4);
    EXPECT_EQ(curves.layerError(1), std::nullopt);
    EXPECT_EQ(curves.layerError(2), 0.1);
    EXPECT_EQ(curves.layerError(3), std::nullopt);
    EXPECT_EQ(curves.layerError(5), std::nullopt);
    EXPECT_EQ(curves.valueAt(Series::loss, 100), std::nullopt);
    show(curves, {1000, 360});
    const QImage seen = picture(curves);
    const QColor bar(0x00, 0x72, 0xb2);
    for (const int layer : {0, 2, 4}) {
        EXPECT_TRUE(similar(colourAt(seen, curves.layerPointOf(layer) + QPointF(0, 3)), bar)) << layer;
        EXPECT_FALSE(similar(colourAt(seen, curves.layerPointOf(layer) - QPointF(0, 3)), bar)) << layer;
    }
}

TEST(Curves, ClearForgetsEverything) {
    Curves curves;
    train(curves, 3);
    curves.append(QualitySnapshot{"dense", 0, 17.2, 0, 0});
    curves.setLayerError(4, 0.2);
    curves.clear();
    EXPECT_EQ(curves.valueAt(Series::loss, 2), std::nullopt);
    EXPECT_EQ(curves.layerError(4), std::nullopt);
    EXPECT_EQ(curves.title(), QStringLiteral("No training step yet"));
}

TEST(Curves, ZerosOnALogarithmicAxisDoNotSpoilTheRange) {
    Curves curves;
    train(curves, 5);
    TrainingStep zero = stepAt(5);
    zero.kl = 0;
    curves.append(zero);
    show(curves, {1000, 360});
    EXPECT_LT(curves.pointOf(0, 0.4).y(), 360);  // still on the plot
    EXPECT_GT(curves.pointOf(0, 10).y(), 0);
}

TEST(Curves, APictureHasALegendBesideTheDataAndLeavesTheWindowAsItWas) {
    Curves curves;
    train(curves, 21);
    show(curves, {1000, 360});
    const QImage before = picture(curves);
    QImage saved(curves.pictureSize(), QImage::Format_RGB32);
    curves.drawPicture(saved);
    const QColor ground = curves.palette().color(QPalette::Window);
    const auto inkIn = [&](const QRect& area) {
        int ink = 0;
        for (int y = area.top(); y <= area.bottom(); ++y) {
            for (int x = area.left(); x <= area.right(); ++x) ink += saved.pixelColor(x, y) != ground ? 1 : 0;
        }
        return ink;
    };
    const int width = saved.width(), height = saved.height();
    EXPECT_GT(inkIn({50, height - 50, 500, 49}), 150);           // the axes reach the bottom
    EXPECT_GT(inkIn({width - 150, 30, 145, height - 80}), 500);  // the legend is at the right
    EXPECT_EQ(picture(curves), before);
}

}  // namespace
}  // namespace dotmoe
