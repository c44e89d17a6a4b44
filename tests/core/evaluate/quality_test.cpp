#include "evaluate/quality.h"

#include <gtest/gtest.h>

#include <cmath>

#include "base/error.h"
#include "support/tiny_model.h"

namespace dotmoe {
namespace {

using test::tiny_config;
using test::tiny_tokens;
using test::tiny_transformer;

at::Tensor no_feed_forward(const at::Tensor& x, std::int64_t) {
    return at::zeros_like(x);
}

TEST(Quality, DenseAgainstItselfHasNoDivergence) {
    const auto transformer = tiny_transformer();
    const auto quality =
        evaluate_quality(transformer, transformer.dense(), tiny_tokens(tiny_config(), 5, 24));
    EXPECT_EQ(quality.kl, 0);
    EXPECT_EQ(quality.top1, 1);
}

TEST(Quality, UniformLogitsHaveThePerplexityOfTheVocabulary) {
    auto weights = test::tiny_weights(tiny_config());
    weights.head = at::zeros_like(weights.head);
    const Transformer transformer(tiny_config(), weights);
    const auto quality =
        evaluate_quality(transformer, transformer.dense(), tiny_tokens(tiny_config(), 3, 24));
    EXPECT_NEAR(quality.perplexity, 61, 1e-3);
    EXPECT_NEAR(quality.perplexity_stderr, 0, 1e-3);
}

TEST(Quality, AgreesWithLogSoftmaxOverWholeWindows) {
    const auto config = tiny_config();
    const auto transformer = tiny_transformer();
    const auto windows = tiny_tokens(config, 6, 300);  // more than one batch, more than one chunk
    const auto quality = evaluate_quality(transformer, no_feed_forward, windows);

    const auto log_p =
        transformer.logits(transformer.hidden(windows, transformer.dense())).to(at::kDouble).log_softmax(-1);
    const auto log_q =
        transformer.logits(transformer.hidden(windows, no_feed_forward)).to(at::kDouble).log_softmax(-1);
    const auto kl = (log_p.exp() * (log_p - log_q)).sum(-1).mean().item<double>();
    const auto top1 = (log_p.argmax(-1) == log_q.argmax(-1)).to(at::kDouble).mean().item<double>();
    const auto chosen = log_q.narrow(1, 0, 299).gather(2, windows.narrow(1, 1, 299).unsqueeze(2)).squeeze(2);
    const auto means = -chosen.mean(1);  // one a window
    const double perplexity = means.mean().exp().item<double>();
    EXPECT_NEAR(quality.kl, kl, 1e-5 * kl);
    EXPECT_NEAR(quality.top1, top1, 1e-9);
    EXPECT_NEAR(quality.perplexity, perplexity, 1e-5 * perplexity);
    EXPECT_NEAR(quality.perplexity_stderr, perplexity * means.std().item<double>() / std::sqrt(6),
                1e-4 * perplexity);
    EXPECT_GT(quality.kl, 0.01);
    EXPECT_LT(quality.top1, 0.9);
}

TEST(Quality, AStrideScoresTheEndsOfTheWindows) {
    const auto transformer = tiny_transformer();
    const auto windows = tiny_tokens(tiny_config(), 5, 300);
    for (const std::int64_t stride : {1, 30, 280}) {
        const auto quality = evaluate_quality(transformer, no_feed_forward, windows, {}, {}, stride);
        const auto log_q =
            transformer.logits(transformer.hidden(windows, no_feed_forward)).to(at::kDouble).log_softmax(-1);
        const auto chosen = log_q.narrow(1, 299 - stride, stride)
                                .gather(2, windows.narrow(1, 300 - stride, stride).unsqueeze(2))
                                .squeeze(2);
        const auto means = -chosen.mean(1);
        const double perplexity = means.mean().exp().item<double>();
        EXPECT_NEAR(quality.perplexity, perplexity, 1e-5 * perplexity) << stride;
        EXPECT_NEAR(quality.perplexity_stderr, perplexity * means.std().item<double>() / std::sqrt(5),
                    1e-4 * perplexity);
    }
}

TEST(Quality, AStrideOfTheWholeWindowIsNone) {
    const auto transformer = tiny_transformer();
    const auto windows = tiny_tokens(tiny_config(), 5, 40);
    const auto whole = evaluate_quality(transformer, no_feed_forward, windows);
    for (const std::int64_t stride : {39, 40}) {
        const auto quality = evaluate_quality(transformer, no_feed_forward, windows, {}, {}, stride);
        EXPECT_EQ(quality.perplexity, whole.perplexity);
        EXPECT_EQ(quality.perplexity_stderr, whole.perplexity_stderr);
        EXPECT_EQ(quality.kl, whole.kl);
        EXPECT_EQ(quality.top1, whole.top1);
    }
}

TEST(Quality, StatesComputedBeforehandGiveTheSameFigures) {
    const auto transformer = tiny_transformer();
    const auto windows = tiny_tokens(tiny_config(), 6, 20);
    const auto states = dense_hidden_states(transformer, windows);
    EXPECT_EQ(states.sizes(), (std::vector<std::int64_t>{6, 20, 32}));
    const auto a = evaluate_quality(transformer, no_feed_forward, windows);
    const auto b = evaluate_quality(transformer, no_feed_forward, windows, states);
    EXPECT_EQ(a.kl, b.kl);
    EXPECT_EQ(a.perplexity, b.perplexity);
}

TEST(Quality, TellsHowManyWindowsAreDone) {
    const auto transformer = tiny_transformer();
    std::vector<std::int64_t> done;
    evaluate_quality(transformer, transformer.dense(), tiny_tokens(tiny_config(), 6, 8), {},
                     [&](std::int64_t count) { done.push_back(count); });
    EXPECT_EQ(done, (std::vector<std::int64_t>{4, 6}));
}

TEST(Quality, OneWindowHasNoSpread) {
    const auto transformer = tiny_transformer();
    EXPECT_EQ(evaluate_quality(transformer, transformer.dense(), tiny_tokens(tiny_config(), 1, 8))
                  .perplexity_stderr,
              0);
}

TEST(Quality, RefusesWindowsWithoutAPrediction) {
    const auto transformer = tiny_transformer();
    EXPECT_THROW(evaluate_quality(transformer, transformer.dense(), at::zeros({0, 8}, at::kLong)), Error);
    EXPECT_THROW(evaluate_quality(transformer, transformer.dense(), at::zeros({2, 1}, at::kLong)), Error);
    EXPECT_THROW(dense_hidden_states(transformer, at::zeros({8}, at::kLong)), Error);
}

}  // namespace
}  // namespace dotmoe
