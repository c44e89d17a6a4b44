#include "widgets/sinkhorn_scope.h"

#include <gtest/gtest.h>

#include <QSignalSpy>

#include "tests/widgets/pixels.h"
#include "tests/widgets/samples.h"
#include "widgets/curve_series.h"

namespace dotmoe {
namespace {

TEST(SinkhornScope, ResidualsAreDrawnOnALogarithmicAxis) {
    const auto solve = samples::solve(50);
    SinkhornScope scope;
    scope.setSnapshot(solve);
    show(scope, {600, 320});
    const QImage seen = picture(scope);
    const QColor row = seriesPen(Series::kl, false).color(),
                 column = seriesPen(Series::crossEntropy, false).color();
    for (const int iteration : {5, 20, 40}) {
        const auto index = static_cast<std::size_t>(iteration - 1);
        const QPointF rowPoint = scope.pointOf(iteration, static_cast<double>(solve->row_residual[index]));
        const QPointF columnPoint =
            scope.pointOf(iteration, static_cast<double>(solve->column_residual[index]));
        EXPECT_TRUE(isDrawn(seen, rowPoint, row)) << iteration;
        EXPECT_FALSE(isDrawn(seen, rowPoint, column)) << iteration;
        EXPECT_TRUE(isDrawn(seen, columnPoint, column)) << iteration;
    }
    // A constant factor an iteration is a straight line on a logarithmic axis.
    EXPECT_NEAR(scope.pointOf(1, 1e-2).y() - scope.pointOf(1, 1e-1).y(),
                scope.pointOf(1, 1e-3).y() - scope.pointOf(1, 1e-2).y(), 0.5);
}

TEST(SinkhornScope, TitleNamesLayerTemperatureAndWhereItEnded) {
    SinkhornScope scope;
    scope.setSnapshot(samples::solve(50));
    for (const char* part : {"Layer 15", "τ 0.25", "50 iterations", "rows 4e-07", "columns 2e-04"}) {
        EXPECT_TRUE(scope.title().contains(QString::fromUtf8(part))) << part;
    }
    EXPECT_FALSE(scope.title().contains(QStringLiteral("not converged")));
    auto stopped = samples::solve(50);
    stopped->converged = false;
    scope.setSnapshot(stopped);
    EXPECT_TRUE(scope.title().contains(QStringLiteral("50 iterations, not converged")));
    scope.setSnapshot(nullptr);
    EXPECT_TRUE(scope.title().startsWith(QStringLiteral("No Sinkhorn solve")));
}

TEST(SinkhornScope, AZeroResidualIsDrawnAtTheFloor) {
    auto solve = std::make_shared<SinkhornSnapshot>();
    solve->row_residual = {1, 0, 0};
    solve->column_residual = {1, 0.5F, 0};
    SinkhornScope scope;
    scope.setSnapshot(solve);
    show(scope, {600, 320});
    const QPointF bottom = scope.pointOf(3, 0);
    EXPECT_TRUE(scope.rect().contains(bottom.toPoint()));
    EXPECT_TRUE(isDrawn(picture(scope), bottom - QPointF(40, 0), seriesPen(Series::kl, false).color()));
}

TEST(SinkhornScope, ASolveOfOneIterationIsAPoint) {
    auto solve = std::make_shared<SinkhornSnapshot>();
    solve->row_residual = {1e-3F};
    solve->column_residual = {1e-2F};
    solve->converged = true;
    SinkhornScope scope;
    scope.setSnapshot(solve);
    show(scope, {600, 160});
    const QImage shown = picture(scope);
    EXPECT_TRUE(isDrawn(shown, scope.pointOf(1, 1e-3), seriesPen(Series::kl, false).color()));
    EXPECT_TRUE(isDrawn(shown, scope.pointOf(1, 1e-2), seriesPen(Series::crossEntropy, false).color()));
    EXPECT_TRUE(scope.title().contains(QStringLiteral("1 iteration ")));
}

TEST(SinkhornScope, ScrubbingSelectsAnIteration) {
    const auto solve = samples::solve(50);
    SinkhornScope scope;
    scope.setSnapshot(solve);
    show(scope, {600, 320});
    picture(scope);
    QSignalSpy selected(&scope, &SinkhornScope::iterationSelected);
    const auto at = scope.pointOf(20, 1e-3).toPoint();
    QTest::mouseClick(scope.childAt(at), Qt::LeftButton, {}, at);
    ASSERT_EQ(selected.count(), 1);
    EXPECT_EQ(selected.last()[0].toInt(), 20);
    EXPECT_TRUE(scope.title().contains(QStringLiteral("iteration 20 of 50 · rows 2e-03")));
    const QColor cursor = scope.palette().color(QPalette::WindowText);
    EXPECT_TRUE(isDrawn(picture(scope), scope.pointOf(20, 3e-5), cursor));
    QTest::keyClick(&scope, Qt::Key_Left);
    EXPECT_EQ(scope.iteration(), 19);
    QTest::keyClick(&scope, Qt::Key_Home);
    EXPECT_EQ(scope.iteration(), 1);
    QTest::keyClick(&scope, Qt::Key_Left);
    EXPECT_EQ(scope.iteration(), 1);
    QTest::keyClick(&scope, Qt::Key_Escape);
    EXPECT_EQ(selected.last()[0].toInt(), 0);
    EXPECT_TRUE(scope.title().contains(QStringLiteral("50 iterations")));
    EXPECT_FALSE(isDrawn(picture(scope), scope.pointOf(20, 3e-5), cursor));
    QTest::keyClick(&scope, Qt::Key_End);
    scope.setSnapshot(samples::solve(3));  // another solve: its end
    EXPECT_EQ(selected.last()[0].toInt(), 0);
}

TEST(SinkhornScope, AResidualAtTheTopOfItsDecadeIsDrawnWhole) {
    auto solve = std::make_shared<SinkhornSnapshot>();
    solve->row_residual = {1e-3F, 1e-4F};
    solve->column_residual = {1, 0.1F};
    SinkhornScope scope;
    scope.setSnapshot(solve);
    show(scope, {600, 200});
    const QImage shown = picture(scope);
    const QPointF middle = scope.pointOf(1, 1);
    const QColor column = seriesPen(Series::crossEntropy, false).color();
    for (const double dy : {-2.0, 2.0})
        EXPECT_TRUE(similar(colourAt(shown, middle + QPointF(0, dy)), column, 30));
}

TEST(SinkhornScope, EmptyAndUnevenSolvesAreHarmless) {
    SinkhornScope scope;
    auto solve = std::make_shared<SinkhornSnapshot>();
    scope.setSnapshot(solve);
    solve = std::make_shared<SinkhornSnapshot>();
    solve->row_residual = {1, 0.1F};
    scope.setSnapshot(solve);
    show(scope, {600, 320});
    picture(scope);
    moveMouse(*scope.childAt(scope.rect().center()), scope.rect().center());
    EXPECT_TRUE(scope.title().contains(QStringLiteral("2 iterations")));
}

}  // namespace
}  // namespace dotmoe
