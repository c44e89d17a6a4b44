#include "model/rope.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "support/tiny_model.h"

namespace dotmoe {
namespace {

at::Tensor rotate_at(const RotaryEmbedding& rotary, const at::Tensor& x, std::int64_t first) {
    const auto [cos, sin] = rotary.positions(first, x.size(2));
    return rotate(x, cos, sin);
}

TEST(RotaryEmbedding, TurnsThePairOfHalvesByPositionTimesFrequency) {
    const RotaryEmbedding rotary(10000, 8, at::kCPU);
    auto x = at::zeros({1, 1, 1, 8});
    x.index_put_({0, 0, 0, 1}, 1.0);  // pair 1 is (x_1, x_5); its frequency is 10000^(-2/8) = 0.1
    const auto turned = rotate_at(rotary, x, 7).flatten();
    EXPECT_NEAR(turned[1].item<double>(), std::cos(0.7), 1e-6);
    EXPECT_NEAR(turned[5].item<double>(), std::sin(0.7), 1e-6);
    EXPECT_NEAR(turned.norm().item<double>(), 1, 1e-6);
}

TEST(RotaryEmbedding, PositionZeroIsTheIdentity) {
    const RotaryEmbedding rotary(1e5, 16, at::kCPU);
    const auto x = at::randn({2, 3, 1, 16});
    EXPECT_EQ(test::difference(rotate_at(rotary, x, 0), x), 0);
}

TEST(RotaryEmbedding, ProductsDependOnTheDistanceAlone) {
    const RotaryEmbedding rotary(10000, 16, at::kCPU);
    const auto q = at::randn({1, 1, 1, 16}), k = at::randn({1, 1, 1, 16});
    const auto product = [&](std::int64_t i, std::int64_t j) {
        return (rotate_at(rotary, q, i) * rotate_at(rotary, k, j)).sum().item<double>();
    };
    EXPECT_NEAR(product(5, 2), product(43, 40), 1e-4);
    EXPECT_GT(std::abs(product(5, 2) - product(5, 4)), 1e-3);
}

TEST(RotaryEmbedding, TablesGrowWithoutChange) {
    const RotaryEmbedding rotary(10000, 16, at::kCPU), fresh(10000, 16, at::kCPU);
    const auto early = rotary.positions(0, 5).first.clone();
    rotary.positions(1000, 30);
    EXPECT_EQ(test::difference(rotary.positions(0, 5).first, early), 0);
    EXPECT_EQ(test::difference(rotary.positions(1000, 30).second,
                               fresh.positions(0, 1030).second.narrow(0, 1000, 30)),
              0);
}

TEST(RopeScaling, LinearStretchesPositions) {
    const RotaryEmbedding plain(10000, 8, at::kCPU),
        stretched(10000, 8, at::kCPU, linear_rope_divisors(4, 8));
    const auto x = at::randn({1, 1, 1, 8});
    EXPECT_LT(test::difference(rotate_at(stretched, x, 20), rotate_at(plain, x, 5)), 1e-6);
    EXPECT_TRUE(linear_rope_divisors(1, 8).empty());
}

TEST(RopeScaling, Llama3LeavesHighFrequenciesAndDividesLowOnes) {
    // base^(-2i/8) = 10^-i turns 10^-i * 628.3.. / 2 pi = 100, 10, 1 and 0.1 times in 200 pi positions.
    const auto divisors = llama3_rope_divisors(
        {.factor = 8, .low_frequency = 1, .high_frequency = 19, .original_context = 200 * std::numbers::pi},
        10000, 8);
    ASSERT_EQ(divisors.size(), 4);
    EXPECT_DOUBLE_EQ(divisors[0], 1);
    EXPECT_NEAR(divisors[1], 1 / (0.5 / 8 + 0.5), 1e-12) << "half way from 1 to 19";
    EXPECT_NEAR(divisors[2], 8, 1e-12);
    EXPECT_DOUBLE_EQ(divisors[3], 8);
}

}  // namespace
}  // namespace dotmoe
