#include "align/assignment.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"

namespace dotmoe::assignment_test {
namespace {

constexpr Layout layout{.experts = 6, .active = 2, .shared = 4};
constexpr std::int64_t neurons = 40;

Assignment make_assignment(const AssignmentOptions& options = {}) {
    at::manual_seed(4);
    return {at::randn({2, neurons, layout.columns()}), at::randn({2, 8, layout.experts}), layout, options};
}

/// One training step on a fixed linear objective of plan and router.
void train_step(Assignment& assignment, double temperature) {
    const auto plans = assignment.solve(temperature);
    at::manual_seed(5);
    const auto pull = at::randn({2, neurons, layout.columns()});
    const auto plan_loss = plans.surrogate.defined() ? (plans.surrogate * pull).sum() : at::zeros({});
    (plan_loss + assignment.router(0).square().sum() + assignment.router(1).sum()).backward();
    assignment.step(1.0);
}

TEST(Assignment, PlansAreBalancedSoftAndHard) {
    auto assignment = make_assignment();
    const auto plans = assignment.solve(0.5);
    EXPECT_TRUE(at::allclose(plans.soft.sum(2), at::ones({2, neurons}), 0, 1e-4));
    for (const auto& owner : plans.owner)
        EXPECT_TRUE(at::equal(at::bincount(owner, {}, layout.columns()),
                              at::tensor(layout.capacities(neurons), at::kLong)));
}

TEST(Assignment, StepsChangeAffinityAndRouter) {
    auto assignment = make_assignment();
    const auto affinity = assignment.affinity(0).clone(), router = assignment.router(0).detach().clone();
    train_step(assignment, 0.5);
    EXPECT_FALSE(at::equal(assignment.affinity(0), affinity));
    EXPECT_FALSE(at::equal(assignment.router(0), router));
}

/// Largest column error after a solve's first iteration: how good its start was.
float first_error(const Plans& plans) {
    return std::ranges::max(plans.solve.iterations.front().column_residual);
}

TEST(Assignment, WarmStartIsNearerThanAColdOne) {
    auto assignment = make_assignment();
    const auto cold = assignment.solve(0.2);
    const auto warm = assignment.solve(0.2);
    EXPECT_LT(warm.solve.iterations.size(), cold.solve.iterations.size());
    EXPECT_LT(first_error(warm), first_error(cold) / 10);
    // Another temperature: the rescaled potentials still help.
    EXPECT_LT(first_error(assignment.solve(0.18)), first_error(make_assignment().solve(0.18)) / 2);
}

TEST(Assignment, RestoredStateGoesOnToTheSameResult) {
    auto straight = make_assignment();
    for (int i = 0; i < 3; ++i) train_step(straight, 0.5);
    auto state = straight.state();
    for (auto& [name, tensor] : state) tensor = tensor.clone();
    for (int i = 0; i < 3; ++i) train_step(straight, 0.3);

    auto resumed = make_assignment();
    resumed.restore(state);
    for (int i = 0; i < 3; ++i) train_step(resumed, 0.3);
    for (std::int64_t l = 0; l < 2; ++l) {
        EXPECT_TRUE(at::equal(resumed.affinity(l), straight.affinity(l)));
        EXPECT_TRUE(at::equal(resumed.router(l), straight.router(l)));
    }
}

TEST(Assignment, RestoreRefusesWhatIsMissingOrMisshapen) {
    auto assignment = make_assignment();
    auto state = assignment.state();
    state.erase("router.exp_avg");
    EXPECT_THROW(assignment.restore(state), Error);
    state = assignment.state();
    state["affinity"] = at::zeros({1, 2, 3});
    EXPECT_THROW(assignment.restore(state), Error);
    assignment.solve(0.5);
    state = assignment.state();
    state.erase("temperature");  // the potentials mean nothing without it
    EXPECT_THROW(assignment.restore(state), Error);
}

TEST(Assignment, AFixedSplitIsThatOfItsAffinityAndNoTransportRuns) {
    auto assignment = make_assignment({.train_assignment = false});
    const auto affinity = assignment.affinity(0).clone(), router = assignment.router(0).detach().clone();
    const auto before = assignment.experts();
    for (int i = 0; i < 2; ++i) train_step(assignment, 0.5);
    const auto plans = assignment.solve(0.3);
    EXPECT_FALSE(plans.soft.defined());
    EXPECT_TRUE(plans.solve.iterations.empty());
    EXPECT_EQ(plans.churn, 0);
    EXPECT_TRUE(at::equal(plans.owner[0], round_exact(affinity, layout.capacities(neurons)).owner));
    EXPECT_TRUE(at::equal(assignment.experts()[0].owner, before[0].owner));
    EXPECT_TRUE(at::equal(assignment.affinity(0), affinity));
    EXPECT_FALSE(at::equal(assignment.router(0), router));
}

TEST(Assignment, AFixedRouterStaysWhileTheSplitIsTrained) {
    auto assignment = make_assignment({.train_router = false});
    const auto affinity = assignment.affinity(0).clone(), router = assignment.router(0).clone();
    train_step(assignment, 0.5);
    EXPECT_FALSE(at::equal(assignment.affinity(0), affinity));
    EXPECT_TRUE(at::equal(assignment.router(0), router));
    EXPECT_FALSE(assignment.state().contains("router.exp_avg"));
}

TEST(Assignment, WithNothingToTrainItSaysSo) {
    EXPECT_TRUE(make_assignment().trains());
    const auto fixed = make_assignment({.train_assignment = false, .train_router = false});
    EXPECT_FALSE(fixed.trains());
    EXPECT_EQ(fixed.experts().size(), 2U);
}

TEST(Assignment, AFixedSplitIsRestoredToo) {
    auto straight = make_assignment({.train_assignment = false});
    for (int i = 0; i < 4; ++i) train_step(straight, 0.5);
    auto first = make_assignment({.train_assignment = false});
    for (int i = 0; i < 2; ++i) train_step(first, 0.5);
    auto state = first.state();
    for (auto& [name, tensor] : state) tensor = tensor.clone();
    auto resumed = make_assignment({.train_assignment = false});
    resumed.restore(state);
    for (int i = 0; i < 2; ++i) train_step(resumed, 0.5);
    EXPECT_TRUE(at::equal(resumed.router(1), straight.router(1)));
    EXPECT_TRUE(at::equal(resumed.experts()[1].owner, straight.experts()[1].owner));
}

TEST(Assignment, GreedyRoundingRanksTheEntriesOfTheSoftPlan) {
    auto assignment = make_assignment({.rounding = Rounding::greedy});
    const auto capacities = layout.capacities(neurons);
    const auto plans = assignment.solve(0.4);
    const auto exact = make_assignment().solve(0.4);
    for (std::size_t l = 0; l < 2; ++l) {
        EXPECT_TRUE(at::equal(plans.owner[l],
                              round_greedy(plans.soft[static_cast<std::int64_t>(l)].detach(), capacities)));
        EXPECT_FALSE(at::equal(plans.owner[l], exact.owner[l]))
            << "a case where greedy is not optimal was wanted";
        EXPECT_TRUE(at::equal(assignment.experts()[l].owner, plans.owner[l]));
    }
}

TEST(Assignment, TheHardStraightThroughGivesTheAffinityThePlansOwnGradient) {
    at::manual_seed(8);
    const auto pull = at::randn({2, neurons, layout.columns()});
    auto hard = make_assignment({.straight_through = StraightThrough::hard});
    const auto plans = hard.solve(0.5);
    (plans.surrogate * pull).sum().backward();
    EXPECT_TRUE(at::equal(plans.surrogate.grad(), pull));  // no Jacobian of the transport in between
    const auto before = hard.affinity(0).clone();
    hard.step(1.0);
    EXPECT_FALSE(at::equal(hard.affinity(0), before));

    const auto soft = make_assignment().solve(0.5);
    EXPECT_TRUE(soft.surrogate.is_same(soft.soft));
    EXPECT_TRUE(at::equal(soft.soft, plans.soft));  // forward they are one
}

TEST(OneHotAffinity, RoundsBackToTheOwnerItCameFrom) {
    const auto owner = at::arange(neurons - layout.shared, at::kLong).remainder(layout.experts) + 1;
    const auto whole = at::cat({owner, at::zeros({layout.shared}, at::kLong)});
    Assignment assignment(one_hot_affinity(whole, layout, 6).unsqueeze(0), at::zeros({1, 8, layout.experts}),
                          layout, {});
    EXPECT_TRUE(at::equal(assignment.experts().front().owner, whole));
}

}  // namespace
}  // namespace dotmoe::assignment_test
