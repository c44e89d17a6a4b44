#include "model/transformer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "support/tiny_model.h"

namespace dotmoe {
namespace {

using test::difference;
using test::tiny_config;
using test::tiny_tokens;
using test::tiny_transformer;

TEST(RmsNorm, DividesByTheRootMeanSquare) {
    const auto x = at::tensor({3.0F, -4.0F, 0.0F, 0.0F}), weight = at::tensor({1.0F, 2.0F, 3.0F, 4.0F});
    // mean square 25/4, so x / 2.5 where epsilon is small
    EXPECT_LT(difference(rms_norm(x, weight, 1e-12), at::tensor({1.2F, -3.2F, 0.0F, 0.0F})), 1e-6);
    EXPECT_LT(difference(rms_norm(x, weight, 18.75), at::tensor({0.6F, -1.6F, 0.0F, 0.0F})), 1e-6);
    EXPECT_EQ(rms_norm(x.to(at::kBFloat16), weight, 1e-5).scalar_type(), at::kBFloat16);
}

TEST(FeedForward, IsGatedBySilu) {
    LayerWeights layer;
    layer.gate = at::tensor({1.0F}).view({1, 1});
    layer.up = at::tensor({3.0F}).view({1, 1});
    layer.down = at::tensor({-2.0F}).view({1, 1});
    const auto x = at::tensor({0.5F}).view({1, 1});
    const double silu = 0.5 / (1 + std::exp(-0.5));
    EXPECT_NEAR(neuron_outputs(x, layer).item<double>(), silu * 1.5, 1e-6);
    EXPECT_NEAR(dense_feed_forward(x, layer).item<double>(), silu * -3, 1e-6);
}

// 0.5 x (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), as the paper on GELU has it.
TEST(FeedForward, IsGatedByGelu) {
    LayerWeights layer;
    layer.activation = Activation::gelu_tanh;
    layer.gate = layer.down = at::ones({1, 1});
    layer.up = at::tensor({3.0F}).view({1, 1});
    for (const double x : {-2.0, 0.5, 3.0}) {
        const double gelu =
            0.5 * x * (1 + std::tanh(std::sqrt(2 / std::numbers::pi) * (x + 0.044715 * x * x * x)));
        const auto input = at::full({1, 1}, x, at::kFloat);
        EXPECT_NEAR(neuron_outputs(input, layer).item<double>(), gelu * 3 * x, 1e-5);
    }
}

TEST(Transformer, LaterTokensDoNotChangeEarlierOnes) {
    const auto transformer = tiny_transformer();
    auto tokens = tiny_tokens(tiny_config(), 1, 20);
    const auto before = transformer.hidden(tokens, transformer.dense());
    tokens[0][12] = (tokens[0][12] + 1).remainder(tiny_config().vocabulary);
    const auto after = transformer.hidden(tokens, transformer.dense());
    EXPECT_EQ(difference(before.narrow(1, 0, 12), after.narrow(1, 0, 12)), 0);
    EXPECT_GT(difference(before.narrow(1, 12, 1), after.narrow(1, 12, 1)), 1e-3);
    EXPECT_GT(difference(before.narrow(1, 13, 7), after.narrow(1, 13, 7)), 1e-3) << "later tokens do see it";
}

TEST(Transformer, CachedPiecesEqualTheWhole) {
    const auto transformer = tiny_transformer();
    const auto tokens = tiny_tokens(tiny_config(), 1, 33);
    const auto whole = transformer.hidden(tokens, transformer.dense());
    KvCache cache;
    std::vector<at::Tensor> pieces;
    std::int64_t first = 0;
    for (const std::int64_t count : {7, 1, 1, 15, 9}) {
        pieces.push_back(transformer.hidden(tokens.narrow(1, first, count), transformer.dense(), &cache));
        first += count;
    }
    EXPECT_LT(difference(at::cat(pieces, 1), whole), 2e-5);
    EXPECT_EQ(cache.length(), 33);
}

TEST(Transformer, BatchRowsAreIndependent) {
    const auto transformer = tiny_transformer();
    const auto tokens = tiny_tokens(tiny_config(), 3, 16);
    const auto together = transformer.hidden(tokens, transformer.dense());
    for (std::int64_t row = 0; row < 3; ++row)
        EXPECT_LT(
            difference(together[row], transformer.hidden(tokens.narrow(0, row, 1), transformer.dense())[0]),
            2e-5);
}

TEST(Transformer, FeedForwardIsTheCallersChoice) {
    const auto transformer = tiny_transformer();
    const auto tokens = tiny_tokens(tiny_config(), 1, 8);
    std::vector<std::int64_t> layers;
    const auto off = [&](const at::Tensor& x, std::int64_t layer) {
        layers.push_back(layer);
        return at::zeros_like(x);
    };
    auto x = transformer.embed(tokens);
    for (std::int64_t layer = 0; layer < 3; ++layer) x = transformer.attend(x, layer);
    const auto expected = rms_norm(x, transformer.weights().norm, tiny_config().norm_epsilon);
    EXPECT_EQ(difference(transformer.hidden(tokens, off), expected), 0);
    EXPECT_EQ(layers, (std::vector<std::int64_t>{0, 1, 2}));
}

TEST(Transformer, GradientInTheInputMatchesDifferences) {
    const auto config = tiny_config();
    const Transformer transformer(config, test::tiny_weights(config).to({at::kCPU, at::kDouble}));
    const auto loss = [&](at::Tensor x) {
        for (std::int64_t layer = 0; layer < config.layers; ++layer) {
            x = transformer.attend(x, layer);
            x = transformer.feed_forward(x, layer, transformer.dense());
        }
        return rms_norm(x, transformer.weights().norm, config.norm_epsilon).sin().sum();
    };
    const auto start = transformer.embed(tiny_tokens(config, 2, 12)).detach().requires_grad_(true);
    loss(start).backward();
    at::manual_seed(4);
    for (int i = 0; i < 5; ++i) {
        const auto direction = at::randn_like(start.detach()), step = 1e-5 * direction;
        const double slope =
            (loss(start.detach() + step) - loss(start.detach() - step)).item<double>() / 2e-5;
        EXPECT_NEAR(slope, (start.grad() * direction).sum().item<double>(), 1e-5);
    }
    EXPECT_FALSE(transformer.weights().layers[0].query.grad().defined());
}

TEST(Transformer, TheResidualStreamKeepsWhatBf16WouldDrop) {
    const auto config = tiny_config();
    const Transformer transformer(config, test::tiny_weights(config).to({at::kCPU, at::kBFloat16}));
    EXPECT_EQ(transformer.embed(tiny_tokens(config, 1, 4)).scalar_type(), at::kFloat);
    const auto large = at::full({1, 4, config.width}, 256, at::kFloat);  // bf16 numbers are 2 apart there
    const auto after = transformer.feed_forward(large, 0, [](const at::Tensor& x, std::int64_t) {
        EXPECT_EQ(x.scalar_type(), at::kBFloat16) << "the products' format";
        return at::full_like(x, 0.5);
    });
    EXPECT_TRUE(at::equal(after, large + 0.5));
}

TEST(Transformer, Bf16StaysCloseAndItsNormsStayFp32) {
    const auto exact = tiny_transformer();
    const Compute compute{at::kCPU, at::kBFloat16};
    const Transformer rough(tiny_config(), exact.weights().to(compute));
    EXPECT_EQ(rough.weights().layers[0].attention_norm.scalar_type(), at::kFloat);
    const auto tokens = tiny_tokens(tiny_config(), 1, 16);
    const auto a = exact.logits(exact.hidden(tokens, exact.dense()));
    const auto b = rough.logits(rough.hidden(tokens, rough.dense()));
    EXPECT_EQ(b.scalar_type(), at::kFloat);
    EXPECT_LT((a - b).norm().item<double>(), 0.05 * a.norm().item<double>());
    EXPECT_GT(difference(a, b), 0);
}

TEST(Weights, ToTheSamePlaceSharesStorageAndKeepsTheTie) {
    auto config = tiny_config();
    config.tied_embeddings = true;
    const auto weights = test::tiny_weights(config);
    const auto same = weights.to({at::kCPU, at::kFloat});
    EXPECT_TRUE(same.layers[1].gate.is_same(weights.layers[1].gate));
    const auto rough = weights.to({at::kCPU, at::kBFloat16});
    EXPECT_TRUE(rough.head.is_same(rough.embedding)) << "tied embeddings are one tensor";
}

}  // namespace
}  // namespace dotmoe
