#include "export/stock_moe.h"

#include <gtest/gtest.h>

namespace dotmoe {
namespace {

const Gating both[] = {Gating::softmax_then_top_k, Gating::top_k_then_softmax};

at::Tensor logits() {
    return at::tensor({1.0, 3.0, 2.0, 0.0}, at::kFloat).unsqueeze(0);
}

// Renormalising a softmax over all to the selected is the softmax over the selected.
TEST(StockRoutes, BothOrdersGiveTheSameWeights) {
    for (const auto gating : both) {
        const auto routes = stock_routes(logits(), 2, gating);
        EXPECT_TRUE(routes.chosen.equal(at::tensor({1, 2}, at::kLong).unsqueeze(0)));
        const double first = 1 / (1 + std::exp(-1.0));
        EXPECT_NEAR(routes.weights[0][0].item<double>(), first, 1e-6);
        EXPECT_NEAR(routes.weights[0][1].item<double>(), 1 - first, 1e-6);
        EXPECT_EQ(routes.ties, 0);
    }
}

// 2^-40 leaves the logits apart and makes every probability the same: why the classes need different factors.
TEST(StockRoutes, TinyFactorTiesOnlyAfterASoftmax) {
    const auto scaled = logits() * 0x1p-40;
    const auto selects_first = stock_routes(scaled, 2, Gating::top_k_then_softmax);
    EXPECT_EQ(selects_first.ties, 0);
    EXPECT_TRUE(selects_first.weights.eq(0.5).all().item<bool>());
    EXPECT_TRUE(selects_first.chosen.equal(at::tensor({1, 2}, at::kLong).unsqueeze(0)));
    EXPECT_EQ(stock_routes(scaled, 2, Gating::softmax_then_top_k).ties, 1);
}

TEST(StockRoutes, AllExpertsHaveNoBorderToTieAt) {
    for (const auto gating : both) EXPECT_EQ(stock_routes(at::zeros({3, 4}), 4, gating).ties, 0);
}

TEST(MixExperts, IsTheWeightedSumOfTheChosen) {
    const auto one = at::ones({1, 1});
    std::vector<StockFfn> experts;
    for (const double down : {1.0, 10.0, 100.0}) experts.push_back({one, one, one * down});
    StockRoutes routes;
    routes.chosen = at::tensor({0, 2, 1, 2}, at::kLong).view({2, 2});
    routes.weights = at::tensor({0.5, 0.25, 1.0, 2.0}, at::kFloat).view({2, 2});
    const auto x = at::tensor({1.0, 2.0}, at::kFloat).view({2, 1});
    const auto neuron = at::silu(x) * x;
    const auto factors = at::tensor({0.5 * 1 + 0.25 * 100, 1.0 * 10 + 2.0 * 100}, at::kFloat).view({2, 1});
    EXPECT_TRUE(at::allclose(mix_experts(x, experts, routes), neuron * factors));
}

}  // namespace
}  // namespace dotmoe
