#include "transport/implicit_gradient.h"

#include <gtest/gtest.h>

#include "support/finite_difference.h"
#include "transport/log_domain.h"

namespace dotmoe::implicit_gradient_test {
namespace {

using test::finite_difference;
using test::relative_difference;

at::Tensor random(at::IntArrayRef shape, std::uint64_t seed) {
    return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions(at::kDouble));
}

const Capacities kUnequal{6, 3, 2, 1};
SinkhornOptions converged(double temperature) {
    return {.temperature = temperature, .max_iterations = 20000, .tolerance = 1e-13};
}

TEST(ImplicitGradient, EqualsFiniteDifferences) {
    const auto affinity = random({2, 12, 4}, 1), weight = random({2, 12, 4}, 2);
    for (const double temperature : {1.0, 0.3}) {
        const auto loss = [&](const at::Tensor& a) {
            return (sinkhorn(a, kUnequal, converged(temperature)).plan * weight).square().sum();
        };
        auto leaf = affinity.clone().set_requires_grad(true);
        (transport_plan(leaf, kUnequal, converged(temperature)) * weight).square().sum().backward();
        EXPECT_LT(relative_difference(leaf.grad(), finite_difference(loss, affinity)), 1e-6) << temperature;
    }
}

TEST(ImplicitGradient, EqualsTheUnrolledIteration) {
    const auto weight = random({2, 3, 12, 4}, 3);
    const double temperature = 0.5;
    auto unrolled = random({2, 3, 12, 4}, 4).set_requires_grad(true);
    const auto z = unrolled / temperature;
    const auto c = capacity_tensor(kUnequal, z);
    auto g = at::zeros_like(z.select(-2, 0)), f = log_domain::update_f(z, g);
    for (int i = 0; i < 400; ++i) {
        g = log_domain::update_g(z, f, c);
        f = log_domain::update_f(z, g);
    }
    (log_domain::plan(z, f, g) * weight).sum().backward();

    auto implicit = unrolled.detach().clone().set_requires_grad(true);
    SinkhornResult solved;
    (transport_plan(implicit, kUnequal, converged(temperature), std::nullopt, &solved) * weight)
        .sum()
        .backward();
    EXPECT_LT(relative_difference(implicit.grad(), unrolled.grad()), 1e-9);
    EXPECT_GT(solved.iterations.size(), 1U);
    EXPECT_FALSE(solved.plan.requires_grad());
}

TEST(ImplicitGradient, MovesNothingThatTheConstraintsHold) {
    // A shift of a whole row or column of A leaves the plan as it is: the gradient sums to zero along both.
    auto affinity = random({12, 4}, 5).set_requires_grad(true);
    (transport_plan(affinity, kUnequal, converged(0.2)) * random({12, 4}, 6)).sum().backward();
    EXPECT_LT(affinity.grad().sum(0).abs().max().item<double>(), 1e-9);
    EXPECT_LT(affinity.grad().sum(1).abs().max().item<double>(), 1e-9);
}

TEST(ImplicitGradient, SinglePrecisionFollowsDouble) {
    const Capacities capacities{192, 64, 64, 64, 64, 64};
    const auto affinity = random({512, 6}, 7), weight = random({512, 6}, 8);
    for (const double temperature : {1.0, 0.1}) {
        const auto plan = sinkhorn(affinity, capacities, converged(temperature)).plan;
        const auto exact = implicit_plan_gradient(plan, weight, temperature);
        const auto single = implicit_plan_gradient(plan.to(at::kFloat), weight.to(at::kFloat), temperature);
        EXPECT_EQ(single.scalar_type(), at::kFloat);
        EXPECT_LT(relative_difference(single.to(at::kDouble), exact), 1e-3) << temperature;
    }
}

TEST(ImplicitGradient, FusedPassesFollowDoubleAtEverySize) {
    for (const std::int64_t columns : {2, 7, 8, 86})
        for (const std::int64_t neurons : {86, 257, 1032}) {
            const auto plan = (3 * random({2, neurons, columns}, 11)).softmax(-1),
                       weight = random({2, neurons, columns}, 12);
            const auto exact = implicit_plan_gradient(plan, weight, 0.5);
            const auto fused = implicit_plan_gradient(plan.to(at::kFloat), weight.to(at::kFloat), 0.5);
            EXPECT_LT(relative_difference(fused.to(at::kDouble), exact), 1e-4) << neurons << ' ' << columns;
        }
}

TEST(ImplicitGradient, IsSmallAndFiniteOnHardPlansAndTinyColumns) {
    const auto weight = random({12, 4}, 9);
    auto hard = at::zeros({12, 4}, at::kDouble);
    std::int64_t neuron = 0;
    for (std::size_t e = 0; e < kUnequal.size(); ++e)
        for (std::int64_t n = 0; n < kUnequal[e]; ++n) hard[neuron++][static_cast<std::int64_t>(e)] = 1;
    EXPECT_EQ(implicit_plan_gradient(hard, weight, 0.1).abs().max().item<double>(), 0);

    // A solve stopped early at a low temperature leaves columns next to empty.
    for (const double mass : {1e-8, 1e-30, 1e-200, 0.0}) {
        auto plan = at::zeros({12, 4}, at::kDouble);
        plan.select(1, 0).fill_(1 - mass);
        plan.select(1, 2).fill_(mass);
        const auto gradient = implicit_plan_gradient(plan, weight, 0.1);
        EXPECT_TRUE(gradient.isfinite().all().item<bool>()) << mass;
        EXPECT_LE(gradient.abs().max().item<double>(), 100 * mass) << mass;
        EXPECT_TRUE(implicit_plan_gradient(plan.to(at::kFloat), weight.to(at::kFloat), 0.1)
                        .isfinite()
                        .all()
                        .item<bool>());
    }

    auto affinity = random({3, 12, 4}, 10).to(at::kFloat).set_requires_grad(true);
    transport_plan(affinity, kUnequal, {.temperature = 1e-3, .max_iterations = 5}).square().sum().backward();
    EXPECT_TRUE(affinity.grad().isfinite().all().item<bool>());
}

}  // namespace
}  // namespace dotmoe::implicit_gradient_test
