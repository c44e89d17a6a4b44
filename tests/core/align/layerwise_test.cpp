#include "align/layerwise.h"

#include <gtest/gtest.h>

#include "align/splits/random.h"
#include "core/align/small_layer.h"
#include "evaluate/layers.h"
#include "experts/router.h"
#include "transport/rounding.h"

namespace dotmoe::layerwise_test {
namespace {

constexpr Layout layout{.experts = 8, .active = 2, .shared = 8};

struct Layer {
    Layer() {
        at::manual_seed(3);
        weights = test::small_layer(16, 72);
        x = at::randn({4000, 16}) * at::rand({16}) * 3;
    }
    LayerWeights weights;
    at::Tensor x;
};

/// METHOD §7 written out at once, in float64, of M [N,E].
at::Tensor ridge_in_float64(const Layer& layer, const at::Tensor& m) {
    const auto x = layer.x.to(at::kDouble);
    const auto h = at::silu(x.matmul(layer.weights.gate.t().to(at::kDouble))) *
                   x.matmul(layer.weights.up.t().to(at::kDouble));
    const auto s = (h * layer.weights.down.to(at::kDouble).norm(2, 0)).pow(2);
    const auto rms = x.pow(2).mean(0).sqrt();
    const auto b = x / rms;
    const auto gram = b.t().matmul(b) + 1e-2 * 4000 * at::eye(16, at::kDouble);
    const auto router =
        std::get<0>(at::linalg_solve_ex(gram, b.t().matmul(s.matmul(m).sqrt()))) / rms.unsqueeze(1);
    return router * (1.5 / (router.norm(2, 0).mean() * rms.mean()));
}

TEST(RidgeRouter, SolvesTheRegularisedLeastSquaresProblem) {
    const Layer layer;
    const NeuronEnergies energies(layer.x, layer.weights);
    const RidgeRouter ridge(energies, {.load_floor = 0});
    const auto owner = random_split(energies, layout, 1);
    const auto one_hot = at::one_hot(owner, layout.columns()).to(at::kDouble);
    const auto router = ridge.fit(owner, layout);
    EXPECT_TRUE(
        at::allclose(router.to(at::kDouble), ridge_in_float64(layer, one_hot.slice(1, 1)), 1e-3, 1e-4));

    const auto mean_rms = layer.x.pow(2).mean(0).sqrt().mean();
    EXPECT_NEAR((router.norm(2, 0).mean() * mean_rms).item<double>(), 1.5, 1e-3);

    const auto plan = at::softmax(at::randn({72, layout.columns()}, at::kDouble), 1);
    const auto soft = ridge.fit_plan(plan.to(at::kFloat), layout);
    EXPECT_TRUE(at::allclose(soft.to(at::kDouble), ridge_in_float64(layer, plan.slice(1, 1)), 1e-3, 1e-4));
}

TEST(EnergyAffinity, IsTheEnergyWhileTheExpertIsOn) {
    const Layer layer;
    const NeuronEnergies energies(layer.x, layer.weights);
    const auto router = at::randn({16, 8});
    const auto affinity = energy_affinity(energies, router, layout, 0.7);
    ASSERT_EQ(affinity.sizes(), (at::IntArrayRef{72, 9}));

    std::vector<at::Tensor> chunks;
    for (std::int64_t i = 0; i < energies.chunks(); ++i) chunks.push_back(energies.chunk(i).energies);
    const auto s = at::cat(chunks).pow(0.7);
    const auto r = route(layer.x, router, layout.active).mask;
    const auto wanted = at::cat({s.sum(0).unsqueeze(1), s.t().matmul(r)}, 1);
    EXPECT_TRUE(at::allclose(affinity / affinity.max(), wanted / wanted.max(), 1e-3, 1e-5));
    EXPECT_NEAR(affinity.std().item<double>(), 1, 1e-4);
}

TEST(Alternate, EveryRoundIsAnExactPlanAndTheResultBeatsItsRandomStart) {
    const Layer layer;
    const NeuronEnergies energies(layer.x, layer.weights);
    const RidgeRouter ridge(energies, {});
    const auto split = random_split(energies, layout, 1);
    int rounds = 0;
    const auto experts = alternate(
        energies, ridge, {layout}, {.rounds = 5}, split, {[&](const LayerwiseRound& round) {
            ++rounds;
            const auto counts = at::bincount(round.hard.owner, {}, layout.columns());
            EXPECT_TRUE(at::equal(counts, at::tensor(layout.capacities(72), at::kLong)));
            EXPECT_GE(plan_value(round.affinity, round.hard.owner),
                      plan_value(round.affinity, round_greedy(round.affinity, layout.capacities(72))) - 1e-6);
        }});
    EXPECT_EQ(rounds, 4);
    const LayerExperts random{split, ridge.fit(split, layout)};
    EXPECT_LT(layer_error(layer.x, layer.weights, layer.weights, experts, layout),
              layer_error(layer.x, layer.weights, layer.weights, random, layout));
    EXPECT_EQ(layer_load(layer.x, experts.router, layout).dead, 0);
}

TEST(Alternate, AnnealsGeometricallyAndSettlesOnTheHardPlan) {
    const Layer layer;
    const NeuronEnergies energies(layer.x, layer.weights);
    const RidgeRouter ridge(energies, {});
    const auto split = random_split(energies, layout, 1);
    std::vector<double> temperatures;
    const auto experts =
        alternate(energies, ridge, {layout}, {.rounds = 8, .temperature_start = 0.3}, split,
                  {[&](const LayerwiseRound& round) { temperatures.push_back(round.temperature); }});
    ASSERT_EQ(temperatures.size(), 7);
    for (std::size_t i = 0; i < 7; ++i)
        EXPECT_NEAR(temperatures[i], 0.3 * std::pow(0.1, std::min(static_cast<double>(i) / 4, 1.0)), 1e-12);
    EXPECT_TRUE(at::equal(experts.router, ridge.fit(experts.owner, layout)));
}

/// From many starts, since a single one may fall well by chance.
TEST(Alternate, AnnealingLosesLessThanHardRoundsDo) {
    double hard = 0, annealed = 0;
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        at::manual_seed(seed);
        const auto weights = test::small_layer(16, 72);
        const auto x = at::randn({4000, 16}) * at::rand({16}) * 3;
        const NeuronEnergies energies(x, weights);
        const RidgeRouter ridge(energies, {});
        const auto split = random_split(energies, layout, seed);
        const auto error_from = [&](double temperature) {
            const auto experts = alternate(energies, ridge, {layout},
                                           {.rounds = 12, .temperature_start = temperature}, split, {});
            return layer_error(x, weights, weights, experts, layout);
        };
        hard += error_from(0);
        annealed += error_from(0.3);
    }
    EXPECT_LT(annealed, hard);
}

}  // namespace
}  // namespace dotmoe::layerwise_test
