#include "align/splits/random.h"

#include <gtest/gtest.h>

#include "core/align/small_layer.h"

namespace dotmoe::random_test {
namespace {

constexpr Layout layout{.experts = 8, .active = 2, .shared = 8};

TEST(RandomSplit, SharesTheNeuronsOfMostEnergyAndFillsEveryExpert) {
    at::manual_seed(3);
    const auto weights = test::small_layer(16, 72);
    const auto x = at::randn({4000, 16}) * at::rand({16}) * 3;
    const NeuronEnergies energies(x, weights);
    const auto owner = random_split(energies, layout, 1);
    const auto counts = at::bincount(owner, {}, layout.columns());
    EXPECT_TRUE(at::equal(counts, at::tensor(layout.capacities(72), at::kLong)));

    at::Tensor total = at::zeros({72});
    for (std::int64_t i = 0; i < energies.chunks(); ++i) total += energies.chunk(i).energies.sum(0);
    const auto least_shared = total.masked_select(owner == 0).min(),
               most_routed = total.masked_select(owner > 0).max();
    EXPECT_GE(least_shared.item<float>(), most_routed.item<float>());
    EXPECT_TRUE(at::equal(owner, random_split(energies, layout, 1)));
    EXPECT_FALSE(at::equal(owner, random_split(energies, layout, 2)));
}

}  // namespace
}  // namespace dotmoe::random_test
