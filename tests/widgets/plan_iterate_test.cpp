#include "widgets/plan_iterate.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace dotmoe {
namespace {

constexpr int kNeurons = 12, kColumns = 3, kIterations = 5;

float affinity(int neuron, int column) {
    return std::sin(static_cast<float>(7 * neuron + 3 * column));
}

float potential(int iteration, int column) {
    return static_cast<float>(iteration) * 0.7F * static_cast<float>(column - 1);
}

/// Eq. 7 once f is eliminated: softmax over the columns of A/tau + g, tau = 1.
std::vector<float> softmaxPlan(int iteration) {
    std::vector<float> plan;
    for (int n = 0; n < kNeurons; ++n) {
        float sum = 0;
        for (int e = 0; e < kColumns; ++e) sum += std::exp(affinity(n, e) + potential(iteration, e));
        for (int e = 0; e < kColumns; ++e)
            plan.push_back(std::exp(affinity(n, e) + potential(iteration, e)) / sum);
    }
    return plan;
}

PlanSnapshot finalPlan() {
    PlanSnapshot plan;
    plan.step = 4;
    plan.layer = 2;
    plan.neurons = kNeurons;
    plan.columns = kColumns;
    plan.soft = softmaxPlan(kIterations);
    for (int n = 0; n < kNeurons; ++n) plan.owner.push_back(n % kColumns);
    plan.margin.assign(kNeurons, 0);
    return plan;
}

SinkhornSnapshot solve() {
    SinkhornSnapshot solve;
    solve.step = 4;
    solve.layer = 2;
    for (int i = 1; i <= kIterations; ++i) {
        solve.row_residual.push_back(0.1F);
        solve.column_residual.push_back(0.1F);
        for (int e = 0; e < kColumns; ++e) solve.g.push_back(potential(i, e));
    }
    return solve;
}

TEST(PlanIterate, IsTheSoftmaxOfThatIterationsPotentials) {
    const auto plan = finalPlan();
    for (int iteration = 1; iteration <= kIterations; ++iteration) {
        const auto iterate = planAfter(plan, solve(), iteration);
        const auto wanted = softmaxPlan(iteration);
        ASSERT_EQ(iterate->soft.size(), wanted.size());
        double onOwners = 0;
        for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_NEAR(iterate->soft[i], wanted[i], 1e-5);
        for (std::size_t n = 0; n < kNeurons; ++n)
            onOwners += static_cast<double>(wanted[n * kColumns + static_cast<std::size_t>(plan.owner[n])]);
        EXPECT_NEAR(iterate->soft_hard_gap, 1 - onOwners / kNeurons, 1e-5);
        EXPECT_EQ(iterate->owner, plan.owner);
    }
}

TEST(PlanIterate, BelongsToOnePlanOnly) {
    const auto plan = finalPlan();
    EXPECT_TRUE(endedIn(solve(), plan));
    auto other = solve();
    other.step = 5;
    EXPECT_FALSE(endedIn(other, plan));
    other = solve();
    other.layer = 1;
    EXPECT_FALSE(endedIn(other, plan));
    other = solve();
    other.g.pop_back();
    EXPECT_FALSE(endedIn(other, plan));
    other = solve();
    other.g.clear();
    EXPECT_FALSE(endedIn(other, plan));
}

}  // namespace
}  // namespace dotmoe
