#include "transport/sinkhorn.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "support/finite_difference.h"
#include "transport/log_domain.h"

namespace dotmoe::sinkhorn_test {
namespace {

using test::relative_difference;

at::Tensor random(at::IntArrayRef shape, std::uint64_t seed, at::ScalarType dtype = at::kDouble) {
    return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions(at::kDouble))
        .to(dtype);
}

/// Alg. 1 as written, in fp64: the oracle.
SinkhornResult by_the_book(const at::Tensor& affinity, const Capacities& capacities, double temperature,
                           int iterations) {
    const auto z = affinity.to(at::kDouble) / temperature;
    const auto c = capacity_tensor(capacities, z);
    SinkhornResult result;
    result.g = at::zeros_like(z.select(-2, 0));
    result.f = log_domain::update_f(z, result.g);
    for (int i = 0; i < iterations; ++i) {
        result.g = log_domain::update_g(z, result.f, c);
        result.f = log_domain::update_f(z, result.g);
    }
    result.plan = log_domain::plan(z, result.f, result.g);
    return result;
}

double worst_column_error(const at::Tensor& plan, const Capacities& capacities) {
    return (plan.sum(-2) - capacity_tensor(capacities, plan)).abs().max().item<double>();
}
double worst_row_error(const at::Tensor& plan) {
    return (plan.sum(-1) - 1).abs().max().item<double>();
}

TEST(Sinkhorn, EqualsTheLogDomainIterationAtAnyTemperature) {
    const Capacities capacities{16, 4, 4, 4, 4};
    const auto affinity = random({3, 32, 5}, 1);
    for (const double temperature : {10.0, 1.0, 0.1, 0.01, 0.001}) {
        const SinkhornOptions options{.temperature = temperature, .max_iterations = 40, .tolerance = 0};
        const auto solved = sinkhorn(affinity, capacities, options);
        const auto expected = by_the_book(affinity, capacities, temperature, 40);
        EXPECT_LT((solved.plan - expected.plan).abs().max().item<double>(), 1e-9) << temperature;
        EXPECT_LT(relative_difference(solved.f, expected.f), 1e-9) << temperature;
        EXPECT_LT(relative_difference(solved.g, expected.g), 1e-9) << temperature;
        EXPECT_EQ(solved.iterations.size(), 40U);
    }
}

TEST(Sinkhorn, SinglePrecisionFollowsDouble) {
    const Capacities capacities{192, 448, 448, 448};
    const auto affinity = random({2, 1536, 4}, 2, at::kFloat);
    for (const double temperature : {1.0, 0.1, 0.03}) {
        const SinkhornOptions options{.temperature = temperature, .max_iterations = 30, .tolerance = 0};
        const auto solved = sinkhorn(affinity, capacities, options);
        EXPECT_EQ(solved.plan.scalar_type(), at::kFloat);
        const auto expected = by_the_book(affinity, capacities, temperature, 30);
        EXPECT_LT((solved.plan.to(at::kDouble) - expected.plan).abs().max().item<double>(), 1e-4)
            << temperature;
        EXPECT_LT(worst_row_error(solved.plan.to(at::kDouble)), 1e-5) << temperature;
    }
}

TEST(Sinkhorn, ConstantAffinityGivesTheProductPlan) {
    const Capacities capacities{1, 2, 5};
    const auto plan = sinkhorn(at::full({8, 3}, 3.5, at::kDouble), capacities, {}).plan;
    const auto expected = at::tensor({1.0, 2.0, 5.0}, at::kDouble).div(8).expand({8, 3});
    EXPECT_TRUE(at::allclose(plan, expected, 1e-12, 1e-12));
}

TEST(Sinkhorn, TwoByTwoClosedForm) {
    // P_00 = s / (1 + s) with s = exp((a + d - b - c) / (2 tau)).
    const auto affinity = at::tensor({1.0, 0.2, -0.3, 0.4}, at::kDouble).view({2, 2});
    const double tau = 0.5, s = std::exp((1.0 + 0.4 - 0.2 + 0.3) / (2 * tau));
    const auto plan =
        sinkhorn(affinity, {1, 1}, {.temperature = tau, .max_iterations = 200, .tolerance = 1e-13}).plan;
    EXPECT_NEAR(plan[0][0].item<double>(), s / (1 + s), 1e-12);
}

TEST(Sinkhorn, StopsAtTheToleranceAndKeepsIt) {
    const Capacities capacities{64, 16, 16, 16, 16};
    const auto affinity = random({2, 128, 5}, 3);
    const auto solved =
        sinkhorn(affinity, capacities, {.temperature = 0.5, .max_iterations = 500, .tolerance = 1e-6});
    EXPECT_LT(solved.iterations.size(), 500U);
    EXPECT_LT(worst_column_error(solved.plan, capacities), 64e-6);
    EXPECT_LT(worst_row_error(solved.plan), 1e-12);
}

TEST(Sinkhorn, RecordsTheErrorsOfEachIteration) {
    const Capacities capacities{4, 4, 8};
    const auto affinity = random({3, 16, 3}, 4);
    const auto solved =
        sinkhorn(affinity, capacities, {.temperature = 0.3, .max_iterations = 3, .tolerance = 0});
    ASSERT_EQ(solved.iterations.size(), 3U);
    const auto c = capacity_tensor(capacities, affinity);
    const auto before = by_the_book(affinity, capacities, 0.3, 2),
               after = by_the_book(affinity, capacities, 0.3, 3);
    const auto rows = log_domain::plan(affinity / 0.3, before.f, after.g).sum(-1) - 1;
    const auto columns = after.plan.sum(-2) - c;
    for (int l = 0; l < 3; ++l) {
        EXPECT_NEAR(solved.iterations[2].row_residual[l], rows[l].abs().max().item<double>(), 1e-6);
        EXPECT_NEAR(solved.iterations[2].column_residual[l], columns[l].abs().max().item<double>(), 1e-6);
    }
}

TEST(Sinkhorn, ShowsEachIterationToWhoeverWatches) {
    const Capacities capacities{4, 4, 8};
    const auto affinity = random({2, 16, 3}, 11);
    std::vector<SinkhornIteration> seen;
    at::Tensor last_g;
    SinkhornOptions options{.temperature = 0.3, .max_iterations = 7, .tolerance = 0};
    options.on_iteration = [&](const SinkhornIteration& iteration, const at::Tensor& g) {
        seen.push_back(iteration);
        last_g = g;
    };
    const auto solved = sinkhorn(affinity, capacities, options);
    ASSERT_EQ(seen.size(), solved.iterations.size());
    EXPECT_EQ(seen[3].column_residual, solved.iterations[3].column_residual);
    const auto plan = at::softmax(affinity / 0.3 + last_g.unsqueeze(-2), -1);
    EXPECT_TRUE(at::allclose(plan, solved.plan, 1e-12, 1e-12));

    options.on_iteration = [](const SinkhornIteration&, const at::Tensor&) { throw Cancelled(); };
    EXPECT_THROW(sinkhorn(affinity, capacities, options), Cancelled);
}

TEST(Sinkhorn, SaysWhetherItConverged) {
    const Capacities capacities{64, 16, 16, 16, 16};
    const auto affinity = random({2, 128, 5}, 3);
    EXPECT_TRUE(sinkhorn(affinity, capacities, {.temperature = 0.5, .max_iterations = 500}).converged);
    EXPECT_FALSE(sinkhorn(affinity, capacities, {.temperature = 0.5, .max_iterations = 1}).converged);
    EXPECT_FALSE(sinkhorn(affinity, capacities, {.temperature = 0.5, .tolerance = 0}).converged);
}

TEST(Sinkhorn, WarmStartAtTheSolutionNeedsOneIteration) {
    const Capacities capacities{32, 8, 8, 8, 8};
    const auto affinity = random({2, 64, 5}, 5, at::kFloat);
    const SinkhornOptions options{.temperature = 0.05, .max_iterations = 1000, .tolerance = 1e-4};
    const auto cold = sinkhorn(affinity, capacities, options);
    const auto warm = sinkhorn(affinity, capacities, options, cold.g);
    EXPECT_GT(cold.iterations.size(), 5U);
    EXPECT_EQ(warm.iterations.size(), 1U);
    const auto poisoned = sinkhorn(affinity, capacities, options, at::full_like(cold.g, NAN));
    EXPECT_EQ(poisoned.iterations.size(), cold.iterations.size());
}

TEST(Sinkhorn, NewtonFinishesWherePlainIterationsAreSlow) {
    // A nearly hard plan: experts exchange little mass, so that the columns settle slowly.
    const Capacities capacities{64, 16, 16, 16, 16};
    auto affinity = 0.05 * random({3, 128, 5}, 10, at::kFloat);
    affinity.narrow(1, 0, 72).select(2, 0) += 1;  // eight more neurons than its room want the first column
    for (int e = 1; e < 5; ++e) affinity.narrow(1, 58 + 14 * e, 14).select(2, e) += 1;
    const SinkhornOptions options{.temperature = 0.08, .max_iterations = 20, .tolerance = 1e-4};
    const auto solved = sinkhorn(affinity, capacities, options);
    EXPECT_LT(solved.iterations.size(), 20U);
    EXPECT_TRUE(solved.iterations.back().newton);
    EXPECT_LT(worst_column_error(solved.plan, capacities), 64e-4);
    EXPECT_LT(worst_row_error(solved.plan), 1e-5);

    const auto plain = by_the_book(affinity, capacities, options.temperature, 20);
    EXPECT_GT(worst_column_error(plain.plan, capacities), 0.1);
    const auto converged = by_the_book(affinity, capacities, options.temperature, 20'000);
    EXPECT_LT(worst_column_error(converged.plan, capacities), 1e-6);
    EXPECT_LT((solved.plan.to(at::kDouble) - converged.plan).abs().max().item<double>(), 1e-3);
}

TEST(Sinkhorn, ABatchEqualsItsEntries) {
    const Capacities capacities{4, 4, 4};
    const auto affinity = random({2, 3, 12, 3}, 6);
    const SinkhornOptions options{.temperature = 0.4, .max_iterations = 20, .tolerance = 0};
    const auto together = sinkhorn(affinity, capacities, options);
    EXPECT_EQ(together.f.sizes(), at::IntArrayRef({2, 3, 12}));
    EXPECT_EQ(together.g.sizes(), at::IntArrayRef({2, 3, 3}));
    EXPECT_EQ(together.iterations[0].row_residual.size(), 6U);
    const auto alone = sinkhorn(affinity[1][2], capacities, options);
    EXPECT_EQ(alone.plan.sizes(), at::IntArrayRef({12, 3}));
    EXPECT_TRUE(at::allclose(together.plan[1][2], alone.plan, 1e-12, 1e-14));
}

TEST(Sinkhorn, ExtremeAffinitiesStayFinite) {
    const Capacities capacities{8, 8, 8, 8};
    auto affinity = random({32, 4}, 7, at::kFloat);
    affinity.select(1, 2) += 1e4;  // one column wanted by all
    affinity[3] -= 1e6;            // one row far below the rest
    affinity[5][0] = 3e4;
    const auto solved =
        sinkhorn(affinity, capacities, {.temperature = 0.5, .max_iterations = 200, .tolerance = 1e-3});
    EXPECT_TRUE(solved.plan.isfinite().all().item<bool>());
    EXPECT_LT(worst_row_error(solved.plan), 1e-4);
    const auto hard =
        sinkhorn(random({32, 4}, 8, at::kFloat), capacities, {.temperature = 1e-5, .max_iterations = 50});
    EXPECT_TRUE(hard.plan.isfinite().all().item<bool>());
    EXPECT_TRUE(hard.f.isfinite().all().item<bool>());
    EXPECT_TRUE(hard.g.isfinite().all().item<bool>());
}

TEST(Sinkhorn, RefusesWhatMakesNoSense) {
    const auto affinity = random({4, 2}, 9, at::kFloat);
    EXPECT_THROW(sinkhorn(affinity, {2, 2}, {.temperature = 0}), Error);
    EXPECT_THROW(sinkhorn(affinity, {2, 2}, {.temperature = NAN}), Error);
    EXPECT_THROW(sinkhorn(affinity, {2, 2}, {.max_iterations = 0}), Error);
    EXPECT_THROW(sinkhorn(affinity * 1e38, {2, 2}, {.temperature = 1e-3}), Error);
    EXPECT_THROW(sinkhorn(affinity, {2, 2}, {}, at::zeros({3})), Error);
}

}  // namespace
}  // namespace dotmoe::sinkhorn_test
