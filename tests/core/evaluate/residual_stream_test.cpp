#include "evaluate/residual_stream.h"

#include <gtest/gtest.h>

#include "support/tiny_model.h"

namespace dotmoe {
namespace {

using test::tiny_config;
using test::tiny_tokens;
using test::tiny_transformer;

TEST(ResidualStream, EndsInTheModelsOwnLogits) {
    const auto transformer = tiny_transformer();
    const auto tokens = tiny_tokens(tiny_config(), 2, 20);
    const auto stream = residual_stream(transformer, tokens, transformer.dense());
    ASSERT_EQ(stream.size(), 4U);
    EXPECT_TRUE(at::equal(stream.front(), transformer.embed(tokens)));
    EXPECT_TRUE(at::equal(logits_of_stream(transformer, stream.back()),
                          transformer.logits(transformer.hidden(tokens, transformer.dense()))));
}

// A model cut off after l layers says what its own stream says there.
TEST(ResidualStream, ReadOutEarlyIsTheShorterModel) {
    const auto transformer = tiny_transformer();
    const auto tokens = tiny_tokens(tiny_config(), 1, 20);
    const auto stream = residual_stream(transformer, tokens, transformer.dense());
    for (std::int64_t layers = 1; layers < 3; ++layers) {
        auto config = tiny_config();
        config.layers = layers;
        const Transformer cut(config, transformer.weights());
        EXPECT_TRUE(at::equal(logits_of_stream(transformer, stream[static_cast<std::size_t>(layers)]),
                              cut.logits(cut.hidden(tokens, cut.dense()))));
    }
}

TEST(WithOneLayerChanged, IsTheForwardPassWithThatFeedForward) {
    const auto transformer = tiny_transformer();
    const auto tokens = tiny_tokens(tiny_config(), 2, 20);
    const FeedForward none = [](const at::Tensor& x, std::int64_t) { return at::zeros_like(x); };
    int asked = 0;
    const auto ends = with_one_layer_changed(transformer, residual_stream(transformer, tokens, none), none,
                                             transformer.dense(), [&] { ++asked; });
    ASSERT_EQ(ends.size(), 3U);
    EXPECT_EQ(asked, 3);
    for (std::int64_t changed = 0; changed < 3; ++changed) {
        const FeedForward mixed = [&](const at::Tensor& x, std::int64_t layer) {
            return layer == changed ? transformer.dense()(x, layer) : none(x, layer);
        };
        EXPECT_TRUE(at::equal(logits_of_stream(transformer, ends[static_cast<std::size_t>(changed)]),
                              transformer.logits(transformer.hidden(tokens, mixed))));
    }
}

TEST(Divergence, IsItsDefinition) {
    const auto p = at::randn({5, 17}, at::kDouble), q = at::randn({5, 17}, at::kDouble);
    const auto kl = divergence(p, q);
    for (int row = 0; row < 5; ++row) {
        double expected = 0;
        const auto a = p[row].softmax(0), b = q[row].softmax(0);
        for (int v = 0; v < 17; ++v)
            expected += a[v].item<double>() * std::log(a[v].item<double>() / b[v].item<double>());
        EXPECT_NEAR(kl[row].item<double>(), expected, 1e-12);
    }
    EXPECT_EQ(divergence(p, p).abs().max().item<double>(), 0);
}

}  // namespace
}  // namespace dotmoe
