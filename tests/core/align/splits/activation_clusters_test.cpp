#include "align/splits/activation_clusters.h"

#include <gtest/gtest.h>

#include <vector>

#include "core/align/splits/known_activations.h"

namespace dotmoe {
namespace {

/// H [T, N]: 2 or -2 for the neurons listed for a token, 1 and less for the others.
at::Tensor activations(const std::vector<std::vector<std::int64_t>>& on, std::int64_t neurons) {
    const auto tokens = static_cast<std::int64_t>(on.size());
    auto h = at::rand({tokens, neurons}) - 0.5;
    for (std::int64_t t = 0; t < tokens; ++t)
        for (const auto i : on[static_cast<std::size_t>(t)]) h[t][i] = (t + i) % 2 == 0 ? 2 : -2;
    return h;
}

// Two topics, three tokens each. Neurons 0 and 5 are on for all; 1, 4, 7 for the first topic and 2, 3, 6 for
// the second, two at a time.
const std::vector<std::vector<std::int64_t>> two_topics{{0, 5, 1, 4}, {0, 5, 4, 7}, {0, 5, 1, 7},
                                                        {0, 5, 2, 3}, {0, 5, 3, 6}, {0, 5, 2, 6}};

// Neurons whose energy would rank them otherwise than their |H|: what is on for all writes little.
at::Tensor misleading_norms() {
    return at::tensor({0.01F, 1.0F, 100.0F, 1.0F, 50.0F, 0.01F, 1.0F, 1.0F});
}

TEST(CoactivationCounts, CountTheTokensOfEachPair) {
    at::manual_seed(1);
    const test::KnownActivations layer(activations(two_topics, 8), misleading_norms());
    const auto counts = coactivation_counts(layer.energies(), 4);
    EXPECT_TRUE(at::equal(counts.diagonal(), at::tensor({6.0F, 2.0F, 2.0F, 2.0F, 2.0F, 6.0F, 2.0F, 2.0F})));
    EXPECT_EQ(counts[0][5].item<float>(), 6);
    EXPECT_EQ(counts[1][4].item<float>(), 1);
    EXPECT_EQ(counts[1][2].item<float>(), 0);
    EXPECT_TRUE(at::equal(counts, counts.t()));
}

TEST(CoactivationCounts, ANeuronThatWritesNothingIsOff) {
    at::manual_seed(1);
    auto norms = at::ones({8});
    norms[5] = 0;
    const test::KnownActivations layer(activations(two_topics, 8), norms);
    EXPECT_EQ(coactivation_counts(layer.energies(), 3)[5][5].item<float>(), 0);
}

TEST(ActivationClusterSplit, SharesTheHighestRatesAndGroupsWhatIsOnTogether) {
    at::manual_seed(2);
    const test::KnownActivations layer(activations(two_topics, 8), misleading_norms());
    const auto owner =
        activation_cluster_split(layer.energies(), {.experts = 2, .active = 1, .shared = 2}, 4);
    // Rates are equal among the routed ones, so the seeds are neurons 1 and 2: experts 1 and 2.
    EXPECT_TRUE(at::equal(owner, at::tensor({0, 1, 2, 2, 1, 0, 2, 1}, at::kLong)));
}

TEST(ActivationClusterSplit, RecoversGroupsUnderNoise) {
    at::manual_seed(3);
    constexpr std::int64_t tokens = 400, neurons = 60, groups = 5;
    // Neuron i belongs to group i mod 5, token t to group t mod 5; one neuron in ten is on out of turn. The
    // first of each group never misses its turn: it has the group's highest rate.
    const auto group = at::arange(neurons, at::kLong).remainder(groups);
    const auto turn = at::arange(tokens, at::kLong).remainder(groups).unsqueeze(1) == group.unsqueeze(0);
    auto h = turn.to(at::kFloat) +
             at::rand({tokens, neurons}) * at::where(at::rand({tokens, neurons}) < 0.1, 2.5, 0.5);
    h.slice(1, 0, groups).add_(2 * turn.slice(1, 0, groups));
    const test::KnownActivations layer(h);
    const auto owner =
        activation_cluster_split(layer.energies(), {.experts = groups, .active = 1, .shared = 0}, 12);
    EXPECT_TRUE(test::same_groups(owner, group));
}

}  // namespace
}  // namespace dotmoe
