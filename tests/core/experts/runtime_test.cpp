#include "experts/runtime.h"

#include <gtest/gtest.h>

#include "experts/masked_ffn.h"
#include "model/load.h"
#include "support/random_experts.h"
#include "support/tiny_model.h"

namespace dotmoe {
namespace {

TEST(Runtime, ALayerWithoutExpertsStaysDense) {
    const auto config = test::tiny_config();
    const auto plain = test::tiny_transformer(config);
    auto experts = test::random_experts(config, {.experts = 3, .active = 1, .shared = 0}, 2);
    experts.layers[1] = {};
    const Runtime runtime(config, plain.weights(), &experts, WeightFormat::fp32);
    const auto tokens = test::tiny_tokens(config, 1, 20);
    KvCache cache;
    const auto expected = plain.hidden(tokens, converted_feed_forward(plain.weights(), experts))[0];
    EXPECT_LT(test::difference(runtime.hidden(tokens[0], cache), expected), 5e-5);
}

TEST(RuntimeWithTheRealModel, GreedyTokensAreThoseOfTheOracle) {
    const auto model =
        load_model(DOTMOE_DEPS "/model/SmolLM2-135M-Instruct.Q4_1.gguf", {at::kCPU, at::kFloat});
    const Transformer transformer(model->config, model->weights);
    const auto prompt = model->tokenizer->encode("Once upon a time, in a village by the sea,");
    const SamplingOptions options{.max_new_tokens = 32};
    const auto experts = test::random_experts(model->config, {.experts = 84, .active = 63, .shared = 192}, 3);
    const Runtime dense(model->config, model->weights, nullptr, WeightFormat::fp32);
    const Runtime converted(dense, model->weights, &experts, WeightFormat::fp32);
    const auto by_runtime = [&](const Runtime& runtime) {
        return generate(model->config, runtime.start_text(), *model->tokenizer, prompt, options, {});
    };
    const auto by_oracle = [&](const FeedForward& ffn) {
        return generate(transformer, ffn, *model->tokenizer, prompt, options, {});
    };
    EXPECT_EQ(by_runtime(dense), by_oracle(transformer.dense()));
    EXPECT_EQ(by_runtime(converted), by_oracle(converted_feed_forward(model->weights, experts)));
    EXPECT_NE(by_runtime(converted), by_runtime(dense));
}

}  // namespace
}  // namespace dotmoe
