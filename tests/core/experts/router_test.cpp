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

Layout with(RoutingRule rule, double capacity_factor = 0) {
    return {.experts = 5,
            .active = 2,
            .shared = 0,
            .routing = {.rule = rule, .capacity_factor = capacity_factor}};
}

struct Tokens {
    Tokens() {
        at::manual_seed(3);
        x = at::randn({40, 4}, at::kDouble);
        router = at::randn({4, 5}, at::kDouble);
    }
    at::Tensor x, router;
};

TEST(RoutingRule, UnitIsPlainTopK) {
    const Tokens t;
    const auto routing = route(t.x, t.router, with(RoutingRule::unit));
    EXPECT_TRUE(at::equal(routing.weights, route(t.x, t.router, 2).mask));
    EXPECT_TRUE(at::equal(routing.weights, routing.mask));
}

TEST(RoutingRule, RenormalisedWeighsAsMixtralDoesTimesK) {
    const Tokens t;
    const auto routing = route(t.x, t.router, with(RoutingRule::renormalised));
    const auto [best, chosen] = at::matmul(t.x, t.router).softmax(-1).topk(2);
    EXPECT_TRUE(at::allclose(routing.weights.gather(1, chosen), 2 * best / best.sum(-1, true)));
    EXPECT_TRUE(at::allclose(routing.weights.sum(1), at::full({40}, 2.0, at::kDouble)));
}

TEST(RoutingRule, SwitchWeighsByTheProbabilityOverAll) {
    const Tokens t;
    const auto routing = route(t.x, t.router, with(RoutingRule::switch_));
    EXPECT_TRUE(at::allclose(routing.weights, routing.mask * at::matmul(t.x, t.router).softmax(-1)));
}

TEST(RoutingRule, WeightsHaveTheirOwnGradient) {
    const Tokens t;
    const auto pull = at::randn({40, 5}, at::kDouble);
    for (const auto rule : {RoutingRule::renormalised, RoutingRule::switch_}) {
        const auto loss = [&](const at::Tensor& w) {
            return (route(t.x, w, with(rule)).weights * pull).sum();
        };
        auto router = t.router.clone().set_requires_grad(true);
        const auto routing = route(t.x, router, with(rule));
        EXPECT_TRUE(at::equal(straight_through(routing), routing.weights));
        loss(router).backward();
        EXPECT_LT(test::relative_difference(router.grad(), test::finite_difference(loss, t.router)), 1e-6);
    }
}

TEST(RoutingRule, NoiseMovesChoicesInTrainingOnly) {
    const Tokens t;
    auto layout = with(RoutingRule::noisy);
    layout.routing.noise = 2;
    const auto quiet = route(t.x, t.router, layout);
    EXPECT_TRUE(at::equal(quiet.weights, route(t.x, t.router, with(RoutingRule::renormalised)).weights));
    const auto noisy = route(t.x, t.router, layout, at::make_generator<at::CPUGeneratorImpl>(1));
    EXPECT_FALSE(at::equal(noisy.mask, quiet.mask));
    EXPECT_TRUE(at::equal(noisy.mask,
                          route(t.x, t.router, layout, at::make_generator<at::CPUGeneratorImpl>(1)).mask));
    EXPECT_TRUE(at::equal(noisy.probabilities, quiet.probabilities));
}

TEST(RoutingRule, ExpertChoiceGivesEveryExpertItsShareOfTheBestTokens) {
    const Tokens t;
    const auto routing = route(t.x, t.router, with(RoutingRule::expert_choice));
    EXPECT_TRUE(at::equal(routing.mask.sum(0), at::full({5}, 16.0, at::kDouble)));  // T k / E
    for (std::int64_t e = 0; e < 5; ++e) {
        const auto p = routing.probabilities.select(1, e), taken = routing.mask.select(1, e);
        EXPECT_GE(p.masked_select(taken == 1).min().item<double>(),
                  p.masked_select(taken == 0).max().item<double>());
    }
}

TEST(RoutingRule, CapacityDropsLaterTokensAndCountsThem) {
    const auto router = at::tensor({1.0, 0.0, -1.0, -1.0, -1.0}, at::kDouble).view({1, 5});
    const auto x = at::ones({10, 1}, at::kDouble);  // all want experts 0 and 1; an even share is 4
    const auto routing = route(x, router, with(RoutingRule::unit, 1.25));
    EXPECT_TRUE(at::equal(routing.mask.sum(0), at::tensor({5.0, 5.0, 0.0, 0.0, 0.0}, at::kDouble)));
    EXPECT_EQ(routing.mask.slice(0, 5).sum().item<double>(), 0);
    EXPECT_EQ(routing.dropped, 10);
    EXPECT_EQ(route(x, router, with(RoutingRule::unit)).dropped, 0);
    // The kept choices weigh what they would without a bound.
    const auto bounded = route(x, router, with(RoutingRule::renormalised, 1.25));
    const auto free = route(x, router, with(RoutingRule::renormalised));
    EXPECT_TRUE(at::equal(bounded.weights, free.weights * bounded.mask));
}

TEST(ExpertLoad, HasMeanOne) {
    const auto mask = at::tensor({1.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0}).view({2, 4});
    EXPECT_TRUE(at::equal(expert_load(mask), at::tensor({2.0, 1.0, 1.0, 0.0})));
}

}  // namespace
}  // namespace dotmoe
