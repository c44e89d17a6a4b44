#include "pipeline/snapshots.h"

#include <gtest/gtest.h>

#include "transport/diagnostics.h"
#include "transport/sinkhorn.h"

namespace dotmoe {
namespace {

TEST(PlanSnapshot, HoldsPlanOwnersAndCapacities) {
    at::manual_seed(8);
    constexpr Layout layout{.experts = 4, .active = 1, .shared = 6};
    const auto affinity = at::randn({26, 5});
    const auto solve = sinkhorn(affinity, layout.capacities(26), {.temperature = 0.3});
    const auto hard = round_exact(affinity, layout.capacities(26));
    const auto snapshot =
        plan_snapshot({Stage::distillation, 9, 2, 0.3}, layout, {solve.plan, affinity, hard});

    EXPECT_EQ(snapshot->step, 9);
    EXPECT_EQ(snapshot->layer, 2);
    EXPECT_EQ(snapshot->neurons, 26);
    EXPECT_EQ(snapshot->columns, 5);
    EXPECT_TRUE(snapshot->shared_column);
    EXPECT_EQ(snapshot->capacity, (std::vector<std::int32_t>{6, 5, 5, 5, 5}));
    EXPECT_FLOAT_EQ(snapshot->soft[7 * 5 + 3], solve.plan[7][3].item<float>());
    EXPECT_EQ(snapshot->owner[11], hard.owner[11].item<std::int64_t>());
    EXPECT_FLOAT_EQ(snapshot->margin[3], margins(affinity, hard.owner, hard.prices)[3].item<float>());
    EXPECT_GE(snapshot->greedy_gap.value(), 0);
    const auto anywhere = at::ones({26, 5}, at::kBool);
    EXPECT_FALSE(plan_snapshot({}, layout, {solve.plan, affinity, hard, anywhere})->greedy_gap.has_value());
    double on_hard = 0;
    for (std::size_t i = 0; i < 26; ++i)
        on_hard += snapshot->soft[i * 5 + static_cast<std::size_t>(snapshot->owner[i])];
    EXPECT_NEAR(snapshot->soft_hard_gap, 1 - on_hard / 26, 1e-5);
}

TEST(LoadSnapshot, IsRowMajorByLayer) {
    const auto load = at::arange(6, at::kFloat).view({2, 3});
    const auto snapshot = load_snapshot(Stage::layerwise, 1, 4, load);
    EXPECT_EQ(snapshot->first_layer, 4);
    EXPECT_EQ(snapshot->layers, 2);
    EXPECT_EQ(snapshot->experts, 3);
    EXPECT_EQ(snapshot->load, (std::vector<float>{0, 1, 2, 3, 4, 5}));
}

}  // namespace
}  // namespace dotmoe
