#include "align/splits/product_key_split.h"

#include <gtest/gtest.h>

#include "align/assignment.h"
#include "base/error.h"
#include "core/align/small_layer.h"
#include "experts/product_keys.h"

namespace dotmoe::product_key_split_test {
namespace {

constexpr Layout layout{.experts = 64, .active = 16, .shared = 8};

struct Problem {
    LayerWeights weights = (at::manual_seed(12), test::small_layer(16, 72));
    at::Tensor x = at::randn({2000, 16});
    NeuronEnergies energies{x, weights};
    RidgeRouter ridge{energies, {.load_floor = 0}};
    LayerExperts experts = product_key_layer(energies, ridge, layout, 4);
};

/// Share of the single neurons' ridge predictions that keys on a grid can give, the neurons placed by
/// `owner`.
double kept(const Problem& problem, const at::Tensor& owner) {
    const auto grid = key_grid(layout.experts);
    const auto single = problem.ridge.fit(owner, layout);
    const auto wanted = problem.x.matmul(single);
    const auto given = problem.x.matmul(router_of_keys(keys_of_router(single, grid), grid));
    return 1 - ((wanted - given).square().sum() / wanted.square().sum()).item<double>();
}

TEST(ProductKeySplit, EveryNeuronStandsInOneCell) {
    const Problem problem;
    EXPECT_TRUE(at::equal(at::bincount(problem.experts.owner, {}, layout.columns()),
                          at::tensor(layout.capacities(72), at::kLong)));
    const auto grid = key_grid(layout.experts);
    EXPECT_TRUE(at::allclose(router_of_keys(keys_of_router(problem.experts.router, grid), grid),
                             problem.experts.router, 1e-4, 1e-6))
        << "not a router of keys";
}

TEST(ProductKeySplit, LosesLessOfThePredictionsThanChance) {
    const Problem problem;
    const auto ours = kept(problem, problem.experts.owner);
    double best = 0;
    for (int draw = 0; draw < 20; ++draw) {
        auto owner = problem.experts.owner.clone();
        const auto routed = at::nonzero(owner > 0).squeeze(1);
        owner.index_put_({routed}, owner.index({routed.index_select(0, at::randperm(routed.size(0)))}));
        best = std::max(best, kept(problem, owner));
    }
    EXPECT_GT(ours, 1.3 * best) << "best of 20 random placements: " << best;
}

// Of the budget, k C single neurons; a second time nothing changes.
TEST(ProductKeySplit, TheRecipeKeepsItsBudget) {
    Recipe recipe;
    recipe.layout = {.experts = 84, .active = 12, .shared = 192};
    EXPECT_EQ(to_toml(with_single_neurons(recipe, 1536)), to_toml(recipe)) << "another method's";
    recipe.method = Method::peer;
    const auto single = with_single_neurons(recipe, 1536);
    EXPECT_EQ(single.layout, (Layout{.experts = 1344, .active = 192, .shared = 192}));
    EXPECT_EQ(single.layout.active_share(1536), recipe.layout.active_share(1536));
    EXPECT_EQ(to_toml(with_single_neurons(single, 1536)), to_toml(single));
    recipe.layout.experts = 85;
    EXPECT_THROW(with_single_neurons(recipe, 1536), UsageError);
}

// A step moves keys, so what comes out is still a router of keys; its gradient is that of the formula.
TEST(ProductKeySplit, TrainingMovesKeys) {
    const Problem problem;
    Recipe recipe;
    recipe.method = Method::peer;
    recipe.layout = layout;
    auto options = assignment_options(recipe);
    ASSERT_TRUE(options.keys);
    Assignment assignment(one_hot_affinity(problem.experts.owner, layout, 1).unsqueeze(0),
                          problem.experts.router.unsqueeze(0), layout, options);
    const auto before = assignment.router(0).detach().clone();
    EXPECT_TRUE(at::allclose(before, problem.experts.router, 1e-4, 1e-6));
    problem.x.matmul(assignment.router(0)).square().mean().backward();
    assignment.step(1);
    const auto after = assignment.experts().front();
    EXPECT_TRUE(at::equal(after.owner, problem.experts.owner));
    EXPECT_GT((after.router - before).abs().max().item<double>(), 1e-4);
    EXPECT_TRUE(at::allclose(router_of_keys(keys_of_router(after.router, *options.keys), *options.keys),
                             after.router, 1e-4, 1e-6));
}

}  // namespace
}  // namespace dotmoe::product_key_split_test
