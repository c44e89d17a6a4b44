#include "pipeline/solve_again.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "pipeline/snapshots.h"
#include "recording/levels.h"
#include "transport/constraints.h"
#include "transport/sinkhorn.h"

namespace dotmoe::solve_again_test {
namespace {

constexpr Layout layout{.experts = 6, .active = 2, .shared = 10};
constexpr std::int64_t N = 70;
constexpr double tau = 0.4;

/// A layer whose affinity is known, and its picture.
struct Solved {
    at::Tensor affinity;
    std::shared_ptr<const PlanSnapshot> picture;
};

Solved solved(int seed) {
    at::manual_seed(seed);
    const auto affinity = at::randn({N, layout.columns()});
    const auto capacities = layout.capacities(N);
    const auto solve = sinkhorn(affinity, capacities, {.temperature = tau, .tolerance = 1e-5});
    return {affinity, plan_snapshot({Stage::distillation, 3, 2, tau}, layout,
                                    {solve.plan, affinity, round_exact(affinity, capacities)})};
}

std::shared_ptr<const PlanSnapshot> recorded(const PlanSnapshot& picture) {
    auto copy = std::make_shared<PlanSnapshot>(picture);
    copy->soft = from_levels(to_levels(picture.soft));
    return copy;
}

at::Tensor owner_of(const PlanSnapshot& plan) {
    return at::tensor(plan.owner).to(at::kLong);
}

/// Neuron 5 to expert 0, neuron 9 to the shared ones, neuron 20 away from where it is.
ConstraintRecipe wishes(const PlanSnapshot& picture) {
    return {.pin = {{2, 5, 0}, {2, 9, -1}, {1, 30, 3}}, .forbid = {{2, 20, picture.owner[20] - 1}}};
}

TEST(SolveAgain, IsTheSolutionOfTheAffinityThatThePictureCameFrom) {
    for (int seed = 0; seed < 5; ++seed) {
        const auto [affinity, picture] = solved(seed);
        const auto again = solve_again(*picture, wishes(*picture));
        const auto capacities = layout.capacities(N);
        const auto allowed = allowed_columns(N, capacities,
                                             {{Constraint::Kind::pin, 5, 1},
                                              {Constraint::Kind::pin, 9, 0},
                                              {Constraint::Kind::forbid, 20, picture->owner[20]}});
        const auto oracle =
            sinkhorn(affinity, capacities, {.temperature = tau, .tolerance = 1e-5, .allowed = allowed});
        const auto soft = at::tensor(again->soft).view({N, layout.columns()});
        EXPECT_LT((soft - oracle.plan).abs().max().item<double>(), 5e-3);
        const auto best = round_exact(affinity, capacities, std::nullopt, allowed).owner;
        EXPECT_NEAR(plan_value(affinity, owner_of(*again)), plan_value(affinity, best), 1e-3);
        EXPECT_EQ(again->owner[5], 1);
        EXPECT_EQ(again->owner[9], 0);
        EXPECT_NE(again->owner[20], picture->owner[20]);
        EXPECT_EQ(again->capacity, picture->capacity);
        EXPECT_FALSE(again->greedy_gap.has_value());
    }
}

TEST(SolveAgain, WithoutWishesMovesNothingAlsoOfARecording) {
    for (int seed = 0; seed < 5; ++seed) {
        const auto [affinity, picture] = solved(seed);
        EXPECT_EQ(solve_again(*picture, {})->owner, picture->owner);
        EXPECT_EQ(solve_again(*recorded(*picture), {})->owner, picture->owner);
    }
}

TEST(SolveAgain, OfARecordingIsNearlyTheBest) {
    for (int seed = 0; seed < 5; ++seed) {
        const auto [affinity, picture] = solved(seed);
        const auto exact = solve_again(*picture, wishes(*picture)),
                   again = solve_again(*recorded(*picture), wishes(*picture));
        const double best = plan_value(affinity, owner_of(*exact)),
                     unmoved = plan_value(affinity, owner_of(*picture));
        const double lost = best - plan_value(affinity, owner_of(*again));
        EXPECT_GE(lost, -1e-3);
        EXPECT_LT(lost, 0.1 * (unmoved - best) + 1e-3) << "a tenth of what the wishes cost";
    }
}

TEST(SolveAgain, SaysWhatCannotBe) {
    const auto [affinity, picture] = solved(1);
    EXPECT_THROW(solve_again(*picture, {.pin = {{2, 5, 0}, {2, 5, 1}}, .forbid = {}}), UsageError);
    ConstraintRecipe crowd;
    for (std::int64_t neuron = 0; neuron < 11; ++neuron) crowd.pin.push_back({2, neuron, 4});  // C = 10
    EXPECT_THROW(solve_again(*picture, crowd), UsageError);
}

}  // namespace
}  // namespace dotmoe::solve_again_test
