#include "align/fine_tuning.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "support/tiny_model.h"

namespace dotmoe {
namespace {

using test::difference;
using test::tiny_config;

at::Tensor hidden_of(const Transformer& transformer) {
    return transformer.hidden(test::tiny_tokens(tiny_config(), 2, 7), transformer.dense());
}

/// One step towards hidden states of zero.
double train_step(FineTuning& tuning) {
    const auto loss = hidden_of(tuning.transformer(at::kFloat)).square().mean();
    loss.backward();
    tuning.step(1.0);
    return loss.item<double>();
}

TEST(FineTuning, BeginsAsTheModelAndLeavesItAlone) {
    const auto start = test::tiny_weights(tiny_config());
    const auto before = start.layers[1].gate.clone();
    FineTuning tuning(tiny_config(), start, {.learning_rate = 1e-2});
    EXPECT_EQ(difference(hidden_of(tuning.transformer(at::kFloat)), hidden_of({tiny_config(), start})), 0);
    train_step(tuning);
    EXPECT_TRUE(at::equal(start.layers[1].gate, before));
}

TEST(FineTuning, TrainsEveryWeightButTheVocabularys) {
    const auto start = test::tiny_weights(tiny_config());
    FineTuning tuning(tiny_config(), start, {.learning_rate = 1e-2});
    train_step(tuning);
    const auto moved = tuning.weights();
    EXPECT_TRUE(at::equal(moved.embedding, start.embedding));
    EXPECT_TRUE(at::equal(moved.head, start.head));
    EXPECT_FALSE(at::equal(moved.norm, start.norm));
    for (std::size_t l = 0; l < start.layers.size(); ++l)
        for (const auto field : {&LayerWeights::attention_norm, &LayerWeights::query, &LayerWeights::key,
                                 &LayerWeights::value, &LayerWeights::output, &LayerWeights::ffn_norm,
                                 &LayerWeights::gate, &LayerWeights::up, &LayerWeights::down})
            EXPECT_FALSE(at::equal(moved.layers[l].*field, start.layers[l].*field)) << l;
}

TEST(FineTuning, StepsLowerTheLoss) {
    FineTuning tuning(tiny_config(), test::tiny_weights(tiny_config()), {.learning_rate = 1e-2});
    const double first = train_step(tuning);
    for (int step = 0; step < 8; ++step) train_step(tuning);
    EXPECT_LT(train_step(tuning), first / 2);
}

TEST(FineTuning, GoesOnFromItsStateAsIfItHadNotStopped) {
    const auto start = test::tiny_weights(tiny_config());
    FineTuning straight(tiny_config(), start, {.learning_rate = 1e-2});
    train_step(straight);
    std::map<std::string, at::Tensor> saved;
    for (const auto& [name, tensor] : straight.state()) saved[name] = tensor.clone();
    EXPECT_TRUE(saved.contains("blk.2.ffn_down.weight"));

    FineTuning resumed(tiny_config(), start, {.learning_rate = 1e-2});
    resumed.restore(saved);
    train_step(straight);
    train_step(resumed);
    EXPECT_EQ(difference(straight.weights().layers[2].down, resumed.weights().layers[2].down), 0);

    saved.erase("blk.2.ffn_down.weight");
    EXPECT_THROW(resumed.restore(saved), Error);
    saved["blk.2.ffn_down.weight"] = at::zeros({1});
    EXPECT_THROW(resumed.restore(saved), Error);
}

/// Only the products are rounded: what is learnt stays in fp32.
TEST(FineTuning, ProductsInBf16LearnInFp32) {
    const auto start = test::tiny_weights(tiny_config());
    FineTuning exact(tiny_config(), start, {.learning_rate = 1e-2});
    FineTuning rounded(tiny_config(), start, {.learning_rate = 1e-2});
    const auto wanted = hidden_of(exact.transformer(at::kFloat));
    const auto given = hidden_of(rounded.transformer(at::kBFloat16));
    EXPECT_EQ(given.scalar_type(), at::kBFloat16);
    EXPECT_LT(difference(given.to(at::kFloat), wanted), 0.05 * wanted.abs().max().item<double>());
    EXPECT_TRUE(at::equal(rounded.weights().layers[1].gate, start.layers[1].gate)) << "not rounded";
    given.to(at::kFloat).square().mean().backward();
    rounded.step(1.0);
    const auto learnt = rounded.weights().layers[1].gate;
    EXPECT_EQ(learnt.scalar_type(), at::kFloat);
    EXPECT_FALSE(at::equal(learnt, learnt.to(at::kBFloat16).to(at::kFloat))) << "finer than bf16";
}

TEST(FineTuning, WeightsShareNothingWithTheLeaves) {
    FineTuning tuning(tiny_config(), test::tiny_weights(tiny_config()), {.learning_rate = 1e-2});
    const auto weights = tuning.weights();
    const auto before = weights.layers[0].up.clone();
    EXPECT_FALSE(weights.layers[0].up.requires_grad());
    train_step(tuning);
    EXPECT_TRUE(at::equal(weights.layers[0].up, before));
}

}  // namespace
}  // namespace dotmoe
