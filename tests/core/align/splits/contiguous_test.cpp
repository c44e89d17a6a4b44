#include "align/splits/contiguous.h"

#include <gtest/gtest.h>

#include "core/align/splits/known_activations.h"

namespace dotmoe {
namespace {

TEST(ContiguousSplit, WithoutSharedNeuronsIsBlocksOfTheLayer) {
    at::manual_seed(1);
    const test::KnownActivations layer(at::randn({5, 12}));
    const auto owner = contiguous_split(layer.energies(), {.experts = 4, .active = 1, .shared = 0});
    EXPECT_TRUE(at::equal(owner, at::tensor({0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3}, at::kLong)));
}

TEST(ContiguousSplit, RunsGoOnOverTheSharedNeurons) {
    auto h = at::ones({5, 8});
    h.select(1, 2).mul_(4);
    h.select(1, 5).mul_(-3);
    const test::KnownActivations layer(h);
    const auto owner = contiguous_split(layer.energies(), {.experts = 3, .active = 1, .shared = 2});
    EXPECT_TRUE(at::equal(owner, at::tensor({1, 1, 0, 2, 2, 0, 3, 3}, at::kLong)));
}

}  // namespace
}  // namespace dotmoe
