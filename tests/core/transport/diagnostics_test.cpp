#include "transport/diagnostics.h"

#include <gtest/gtest.h>

#include <cmath>

namespace dotmoe {
namespace {

TEST(Diagnostics, EntropyIsOneWhenUniformAndZeroWhenHard) {
    EXPECT_NEAR(relative_entropy(at::full({6, 4}, 0.25, at::kDouble)), 1, 1e-12);
    EXPECT_EQ(relative_entropy(at::eye(4, at::kDouble)), 0);
    EXPECT_EQ(relative_entropy(at::ones({4, 1}, at::kDouble)), 0);
    const auto half = at::tensor({0.5, 0.5, 0.0, 0.0}, at::kDouble).expand({3, 4});
    EXPECT_NEAR(relative_entropy(half), std::log(2) / std::log(4), 1e-12);
}

TEST(Diagnostics, GapIsTheMassOffTheHardPlan) {
    const auto plan = at::tensor({0.9, 0.1, 0.3, 0.7}, at::kDouble).view({2, 2});
    EXPECT_NEAR(soft_hard_gap(plan, at::tensor({0, 1}, at::kLong)), 0.2, 1e-12);
    EXPECT_NEAR(soft_hard_gap(plan, at::tensor({1, 0}, at::kLong)), 0.8, 1e-12);
}

TEST(Diagnostics, MarginIsTheLossByTheSecondChoice) {
    const auto affinity = at::tensor({3.0, 1.0, 0.0, 2.0, 2.5, 0.0}, at::kDouble).view({2, 3});
    const auto prices = at::tensor({1.0, 0.0, 0.0}, at::kDouble);
    const auto margin = margins(affinity, at::tensor({0, 1}, at::kLong), prices);
    EXPECT_TRUE(at::allclose(margin, at::tensor({1.0, 1.5}, at::kDouble)));
}

TEST(Diagnostics, ChurnCountsTheMoved) {
    EXPECT_EQ(churn(at::tensor({0, 1, 2, 1}, at::kLong), at::tensor({0, 2, 2, 1}, at::kLong)), 0.25);
    EXPECT_EQ(churn(at::tensor({0, 1}, at::kLong), at::tensor({0, 1}, at::kLong)), 0);
}

}  // namespace
}  // namespace dotmoe
