#include "align/splits/pruning.h"

#include <gtest/gtest.h>

#include "core/align/small_layer.h"
#include "core/align/splits/known_activations.h"
#include "experts/masked_ffn.h"
#include "experts/router.h"

namespace dotmoe {
namespace {

TEST(PrunedLayer, KeepsExactlyTheNeuronsOfMostEnergyForEveryToken) {
    at::manual_seed(5);
    const Layout layout{.experts = 8, .active = 3, .shared = 8};  // C = 8: 32 of 72 neurons stay
    const auto weights = test::small_layer(16, 72);
    const auto x = at::randn({3000, 16});
    const NeuronEnergies energies(x, weights);
    const auto pruned = pruned_layer(energies, layout);
    EXPECT_TRUE(at::equal(at::bincount(pruned.owner, {}, layout.columns()),
                          at::tensor(layout.capacities(72), at::kLong)));

    auto energy = at::zeros({72});
    for (std::int64_t i = 0; i < energies.chunks(); ++i) energy += energies.chunk(i).energies.sum(0);
    const auto best = std::get<1>(energy.topk(32));
    const auto kept = at::zeros({72}).index_fill_(0, best, 1);
    const auto h = at::silu(x.matmul(weights.gate.t())) * x.matmul(weights.up.t());
    const auto wanted = (h * kept).matmul(weights.down.t());

    const auto routing = route(x, pruned.router, layout.active);
    const auto y = masked_feed_forward(x, weights, layout, pruned.owner, routing.mask);
    EXPECT_TRUE(at::allclose(y, wanted, 1e-4, 1e-5));
    EXPECT_TRUE(routing.mask.slice(1, 0, 3).eq(1).all().item<bool>());
}

TEST(PrunedLayer, NeedsNoSharedNeurons) {
    const auto h = at::tensor({1.0F, 5.0F, 2.0F, 4.0F, 3.0F, 6.0F}).repeat({4, 1});
    const test::KnownActivations layer(h);
    const auto pruned = pruned_layer(layer.energies(), {.experts = 3, .active = 1, .shared = 0});
    EXPECT_TRUE(at::equal(pruned.owner, at::tensor({2, 0, 2, 1, 1, 0}, at::kLong)));
}

}  // namespace
}  // namespace dotmoe
