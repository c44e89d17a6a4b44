#include "app/studio/panels/transport_panel.h"

#include <gtest/gtest.h>

#include <QTest>

#include "tests/widgets/pixels.h"
#include "tests/widgets/samples.h"
#include "widgets/colour_maps.h"
#include "widgets/plan_heatmap.h"
#include "widgets/plan_iterate.h"
#include "widgets/sinkhorn_scope.h"

namespace dotmoe::studio {
namespace {

TEST(TransportPanelTest, ScrubbingTheScopeShowsThePlanOfThatIteration) {
    const auto plan = samples::plan(40, 9, true, 8);
    const auto solve = samples::solve(10);
    solve->layer = plan->layer;
    solve->step = plan->step;
    solve->stage = plan->stage;
    for (int iteration = 10; iteration > 0; --iteration)
        for (int column = 0; column < 9; ++column)
            solve->g.push_back(0.2F * static_cast<float>(iteration) * static_cast<float>(column - 4));
    TransportPanel panel;
    panel.setPlan(plan);
    panel.setSolve(solve);
    show(panel, {900, 800});
    auto& heatmap = *panel.findChild<PlanHeatmap*>("heatmap");
    auto& scope = *panel.findChild<SinkhornScope*>("sinkhorn");
    const auto shows = [&](const PlanSnapshot& wanted) {
        const QImage seen = picture(heatmap);
        for (int neuron = 0; neuron < wanted.neurons; ++neuron)
            for (int column = 0; column < wanted.columns; ++column) {
                const double mass = planMass(wanted, PlanMode::soft, neuron, column) / heatmap.scale();
                const auto centre = heatmap.cellRect(heatmap.rowOf(neuron), column).center();
                if (!similar(colourAt(seen, centre), QColor(sequentialColour(std::min(1.0, mass)))))
                    return false;
            }
        return true;
    };
    ASSERT_TRUE(shows(*plan));
    const int row = heatmap.rowOf(11);

    picture(scope);
    const auto at = scope.pointOf(4, 1e-1).toPoint();
    QTest::mouseClick(scope.childAt(at), Qt::LeftButton, {}, at);
    ASSERT_EQ(scope.iteration(), 4);
    EXPECT_TRUE(shows(*planAfter(*plan, *solve, 4)));
    EXPECT_FALSE(shows(*plan));
    EXPECT_EQ(heatmap.rowOf(11), row);
    EXPECT_TRUE(heatmap.accessibleDescription().contains("iteration 4"));

    QTest::keyClick(&scope, Qt::Key_Escape);
    EXPECT_TRUE(shows(*plan));
    EXPECT_FALSE(heatmap.accessibleDescription().contains("iteration"));
}

}  // namespace
}  // namespace dotmoe::studio
