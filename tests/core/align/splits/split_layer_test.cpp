#include "align/splits/split_layer.h"

#include <gtest/gtest.h>

#include <map>

#include "align/splits/activation_clusters.h"
#include "align/splits/contiguous.h"
#include "align/splits/pruning.h"
#include "align/splits/random.h"
#include "align/splits/weight_clusters.h"
#include "base/error.h"
#include "core/align/small_layer.h"
#include "transport/constraints.h"

namespace dotmoe::split_layer_test {
namespace {

constexpr Layout layout{.experts = 8, .active = 2, .shared = 8};
constexpr std::uint64_t seed = 4;

struct Problem {
    LayerWeights weights = (at::manual_seed(12), test::small_layer(16, 72));
    at::Tensor x = at::randn({2000, 16});
    NeuronEnergies energies{x, weights};
    RidgeRouter ridge{energies, {}};
    Placement placement{layout};

    LayerExperts split(Method method) const {
        return split_layer(method, {energies, weights, ridge, placement}, {}, seed);
    }
};

TEST(SplitLayer, EachMethodIsItsOwnSplitWithTheRidgeRouter) {
    const Problem problem;
    const std::map<Method, at::Tensor> wanted{
        {Method::random, random_split(problem.energies, layout, seed)},
        {Method::contiguous, contiguous_split(problem.energies, layout)},
        {Method::weights, weight_cluster_split(problem.energies, problem.weights, layout, seed)},
        {Method::activations,
         activation_cluster_split(problem.energies, layout, LayerwiseRecipe{}.top_activations)}};
    for (const auto& [method, owner] : wanted) {
        const auto experts = problem.split(method);
        EXPECT_TRUE(at::equal(experts.owner, owner)) << name_of(method);
        EXPECT_TRUE(at::equal(experts.router, problem.ridge.fit(owner, layout))) << name_of(method);
        for (const auto& [other, others] : wanted)
            EXPECT_EQ(other == method, at::equal(owner, others))
                << name_of(method) << " and " << name_of(other);
    }
}

TEST(SplitLayer, APrunedLayerHasAZeroRouter) {
    const Problem problem;
    const auto experts = problem.split(Method::pruning);
    EXPECT_TRUE(at::equal(experts.owner, pruned_layer(problem.energies, layout).owner));
    EXPECT_EQ(experts.router.sizes(), (at::IntArrayRef{16, 8}));
    EXPECT_FALSE(experts.router.any().item<bool>());
}

TEST(SplitLayer, HeldNeuronsStayWhereTheyAre) {
    Problem problem;
    problem.placement.allowed = allowed_columns(72, layout.capacities(72), {{Constraint::Kind::pin, 5, 3}});
    for (const auto method :
         {Method::random, Method::contiguous, Method::weights, Method::activations, Method::pruning}) {
        const auto owner = problem.split(method).owner;
        EXPECT_EQ(owner[5].item<std::int64_t>(), 3) << name_of(method);
        EXPECT_TRUE(at::equal(at::bincount(owner, {}, layout.columns()),
                              at::tensor(layout.capacities(72), at::kLong)));
    }
}

TEST(SplitLayer, TransportIsNotOneOfThem) {
    EXPECT_THROW(Problem().split(Method::transport), Error);
}

}  // namespace
}  // namespace dotmoe::split_layer_test
