#include "model/rope.h"

#include <gtest/gtest.h>

#include <cmath>

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

}  // namespace
}  // namespace dotmoe
