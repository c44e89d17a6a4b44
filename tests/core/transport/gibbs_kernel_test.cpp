#include "transport/gibbs_kernel.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include <limits>

#include "support/finite_difference.h"

namespace dotmoe::gibbs_kernel_test {
namespace {

using test::relative_difference;

at::Tensor random(at::IntArrayRef shape, std::uint64_t seed) {
    return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions(at::kFloat));
}

/// Every pass of both kernels on the same input.
struct Passes {
    at::Tensor f;
    GibbsKernel::RowUpdate update;
    at::Tensor plan;

    Passes(GibbsKernel& kernel, const at::Tensor& g, const at::Tensor& v, const at::Tensor& last_u)
        : f(kernel.absorb(g)), update(kernel.update_rows(v, last_u)), plan(kernel.plan(update.u, v)) {}
};

void expect_near_the_reference(const at::Tensor& affinity, double temperature) {
    const auto problems = affinity.size(0), neurons = affinity.size(1), columns = affinity.size(2);
    const auto g = random({problems, columns}, 2), v = random({problems, columns}, 3).exp(),
               last_u = random({problems, neurons}, 4).exp();
    const Passes fused(*gibbs_kernel(affinity, temperature), g, v, last_u);
    const Passes exact(*reference_kernel(affinity.to(at::kDouble), temperature), g.to(at::kDouble),
                       v.to(at::kDouble), last_u.to(at::kDouble));
    ASSERT_EQ(fused.plan.scalar_type(), at::kFloat);
    ASSERT_EQ(fused.plan.sizes(), affinity.sizes());
    EXPECT_LT(relative_difference(fused.f.to(at::kDouble), exact.f), 1e-6);
    // A/tau is rounded to a float before the exponential.
    const double rounding =
        1e-6 + 1e-7 * affinity.nan_to_num(0, 0, 0).abs().max().item<double>() / temperature;
    EXPECT_LT(relative_difference(fused.update.u.to(at::kDouble), exact.update.u), 4 * rounding);
    EXPECT_LT(relative_difference(fused.update.column_sums.to(at::kDouble), exact.update.column_sums),
              4 * rounding);
    EXPECT_LT(relative_difference(fused.update.row_error.to(at::kDouble), exact.update.row_error),
              4 * rounding);
    EXPECT_LT((fused.plan.to(at::kDouble) - exact.plan).abs().max().item<double>(), 4 * rounding);
}

TEST(GibbsKernel, FusedPassesEqualTheReference) {
    for (const std::int64_t columns : {1, 2, 7, 8, 9, 85, 86, 255, 256})
        for (const std::int64_t neurons : {1, 3, 4, 255, 256, 257, 1026}) {
            SCOPED_TRACE(testing::Message() << neurons << " neurons, " << columns << " columns");
            expect_near_the_reference(random({2, neurons, columns}, 1), 0.3);
        }
}

TEST(GibbsKernel, FusedPassesHoldFromHotToCold) {
    for (const double temperature : {10.0, 1.0, 0.1, 0.01, 0.001}) {
        SCOPED_TRACE(temperature);
        expect_near_the_reference(random({3, 300, 12}, 5), temperature);
    }
}

TEST(GibbsKernel, LeavesOutWhatIsMinusInfinity) {
    auto affinity = random({2, 300, 12}, 6);
    affinity.masked_fill_(random({2, 300, 12}, 7).gt(1), -std::numeric_limits<float>::infinity());
    affinity.select(2, 3).fill_(0);  // no row without a column
    expect_near_the_reference(affinity, 0.5);
    const auto kernel = gibbs_kernel(affinity, 0.5);
    const auto ones = at::ones({2, 12});
    kernel->absorb(at::zeros({2, 12}));
    const auto plan = kernel->plan(kernel->update_rows(ones, at::ones({2, 300})).u, ones);
    EXPECT_EQ(plan.masked_select(affinity.isinf()).abs().max().item<float>(), 0);
    EXPECT_TRUE(plan.isfinite().all().item<bool>());
}

TEST(GibbsKernel, TheNumberOfThreadsChangesNoBit) {
    const auto affinity = random({3, 2000, 21}, 8), g = random({3, 21}, 9), v = random({3, 21}, 10).exp(),
               last_u = at::ones({3, 2000});
    const Passes one(*gibbs_kernel(affinity, 0.2), g, v, last_u);
    at::set_num_threads(3);
    const Passes three(*gibbs_kernel(affinity, 0.2), g, v, last_u);
    at::set_num_threads(1);
    EXPECT_TRUE(at::equal(one.f, three.f));
    EXPECT_TRUE(at::equal(one.update.u, three.update.u));
    EXPECT_TRUE(at::equal(one.update.column_sums, three.update.column_sums));
    EXPECT_TRUE(at::equal(one.plan, three.plan));
}

}  // namespace
}  // namespace dotmoe::gibbs_kernel_test
