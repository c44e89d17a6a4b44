#include "experts/router.h"

#include <gtest/gtest.h>

#include "support/finite_difference.h"

namespace dotmoe {
namespace {

TEST(Route, TakesTheLargestLogits) {
    const auto x = at::randn({50, 8}), router = at::randn({8, 10});
    const auto routing = route(x, router, 3);
    EXPECT_TRUE(at::allclose(routing.logits, at::matmul(x, router)));
    EXPECT_TRUE(at::allclose(routing.probabilities, at::softmax(routing.logits, -1)));
    EXPECT_TRUE(at::equal(routing.chosen, std::get<1>(routing.logits.topk(3))));
    EXPECT_TRUE(at::equal(routing.mask.sum(1), at::full({50}, 3.0F)));
    EXPECT_TRUE(routing.mask.gather(1, routing.chosen).eq(1).all().item<bool>());
}

TEST(Route, EqualLogitsGoToTheLowestExperts) {
    const auto routing = route(at::zeros({4, 8}), at::ones({8, 100}), 5);
    EXPECT_TRUE(at::equal(routing.chosen, at::arange(5).expand({4, 5})));
}

TEST(Route, WorksInFp32WhateverTheInput) {
    const auto x = at::randn({6, 8}).to(at::kBFloat16);
    const auto router = at::randn({8, 10});
    const auto routing = route(x, router, 2);
    EXPECT_EQ(routing.logits.scalar_type(), at::kFloat);
    EXPECT_TRUE(at::equal(routing.logits, at::matmul(x.to(at::kFloat), router)));
}

TEST(StraightThrough, HasTheMasksValueAndTheProbabilitiesGradient) {
    const auto x = at::randn({7, 4}, at::kDouble), weight = at::randn({7, 5}, at::kDouble);
    auto router = at::randn({4, 5}, at::kDouble).set_requires_grad(true);
    const auto routing = route(x, router, 2);
    const auto mask = straight_through(routing);
    EXPECT_TRUE(at::equal(mask, routing.mask));
    (mask * weight).sum().backward();
    const auto expected = test::finite_difference(
        [&](const at::Tensor& w) { return (at::softmax(at::matmul(x, w), -1) * weight).sum(); }, router);
    EXPECT_LT(test::relative_difference(router.grad(), expected), 1e-7);
}

TEST(LinearStraightThrough, HasTheMasksValueAndPassesItsGradientToTheLogits) {
    const auto x = at::randn({7, 4}, at::kDouble), weight = at::randn({7, 5}, at::kDouble);
    auto router = at::randn({4, 5}, at::kDouble).set_requires_grad(true);
    const auto routing = route(x, router, 2);
    const auto mask = linear_straight_through(routing);
    EXPECT_TRUE(at::allclose(mask, routing.mask));
    (mask * weight).sum().backward();
    EXPECT_TRUE(at::allclose(router.grad(), x.t().matmul(weight)));
}

TEST(Route, PassesTheGradientToTheInput) {
    auto x = at::randn({7, 4}, at::kDouble).set_requires_grad(true);
    const auto router = at::randn({4, 5}, at::kDouble);
    const auto z_loss = [&](const at::Tensor& input) {
        return route(input, router, 2).logits.logsumexp(-1).square().mean();
    };
    z_loss(x).backward();
    EXPECT_LT(test::relative_difference(x.grad(), test::finite_difference(z_loss, x)), 1e-7);
}

TEST(ExpertLoad, HasMeanOne) {
    const auto mask = at::tensor({1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0}).view({2, 4});
    EXPECT_TRUE(at::equal(expert_load(mask), at::tensor({2.0, 1.0, 1.0, 0.0})));
}

}  // namespace
}  // namespace dotmoe
