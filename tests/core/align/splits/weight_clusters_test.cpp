#include "align/splits/weight_clusters.h"

#include <gtest/gtest.h>

#include "core/align/small_layer.h"
#include "core/align/splits/known_activations.h"

namespace dotmoe::weight_clusters_test {
namespace {

constexpr Layout layout{.experts = 6, .active = 2, .shared = 6};
constexpr std::int64_t neurons = 48, width = 16;

/// Gates look in one of six directions, neuron i in number i mod 6, at lengths that differ tenfold. The first
/// six neurons carry most of the energy.
LayerWeights directed_layer() {
    at::manual_seed(9);
    auto weights = test::small_layer(width, neurons);
    const auto directions = at::eye(width).slice(0, 0, 6).repeat({neurons / 6, 1});
    weights.gate =
        (directions + 0.05 * at::randn({neurons, width})) * at::logspace(-1, 1, neurons, 10).unsqueeze(1);
    weights.down.slice(1, 0, 6).mul_(1e5);
    return weights;
}

TEST(WeightClusterSplit, RecoversTheDirectionsOfTheGates) {
    const auto weights = directed_layer();
    const NeuronEnergies energies(at::randn({500, width}), weights);
    const auto owner = weight_cluster_split(energies, weights, layout, 1);
    EXPECT_TRUE(owner.slice(0, 0, 6).eq(0).all().item<bool>());
    EXPECT_TRUE(owner.slice(0, 6).gt(0).all().item<bool>());
    EXPECT_TRUE(test::same_groups(owner.slice(0, 6), at::arange(6, neurons, at::kLong).remainder(6)));
}

TEST(WeightClusterSplit, SameSeedSameSplit) {
    at::manual_seed(10);
    const auto weights = test::small_layer(width, neurons);
    const NeuronEnergies energies(at::randn({500, width}), weights);
    const auto owner = weight_cluster_split(energies, weights, layout, 1);
    EXPECT_TRUE(at::equal(owner, weight_cluster_split(energies, weights, layout, 1)));
    EXPECT_FALSE(at::equal(owner, weight_cluster_split(energies, weights, layout, 2)));
    EXPECT_TRUE(at::equal(at::bincount(owner, {}, layout.columns()),
                          at::tensor(layout.capacities(neurons), at::kLong)));
}

}  // namespace
}  // namespace dotmoe::weight_clusters_test
