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

// Texts of several lengths, of which one ends early, beside each alone.
TEST(Runtime, SeveralTextsAtOnceAreThoseAlone) {
    const auto config = test::tiny_config();
    const auto plain = test::tiny_transformer(config);
    for (const auto rule : {RoutingRule::unit, RoutingRule::expert_choice}) {
        const auto experts =
            test::random_experts(config, {.experts = 6, .active = 2, .shared = 0, .routing = {rule}}, 2);
        const Runtime runtime(config, plain.weights(), &experts, WeightFormat::fp32);
        const auto tokens = test::tiny_tokens(config, 3, 20);
        std::vector<KvCache> alone(3), together(3);
        const auto pass = [&](const std::vector<NextTokens>& given) {
            std::vector<TextPart> parts;
            std::vector<at::Tensor> expected;
            for (const auto& [text, part] : given) {
                parts.push_back({part, &together[text]});
                expected.push_back(runtime.hidden(part, alone[text]));
            }
            EXPECT_LT(test::difference(runtime.hidden(parts), at::cat(expected)), 1e-5)
                << static_cast<int>(rule);
        };
        pass({{0, tokens[0].slice(0, 0, 5)}, {1, tokens[1].slice(0, 0, 12)}, {2, tokens[2].slice(0, 0, 1)}});
        pass({{0, tokens[0].slice(0, 5, 6)}, {1, tokens[1].slice(0, 12, 13)}, {2, tokens[2].slice(0, 1, 2)}});
        pass({{2, tokens[2].slice(0, 2, 5)}, {0, tokens[0].slice(0, 6, 8)}});
        EXPECT_EQ(together[1].length(), 13);
        EXPECT_EQ(together[2].length(), 5);
    }
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

    const auto other = model->tokenizer->encode("def fibonacci(n):");
    const auto both = generate_texts(model->config, converted.start_texts(2), *model->tokenizer,
                                     {prompt, other}, options, {});
    EXPECT_EQ(both[0], by_runtime(converted));
    EXPECT_EQ(both[1],
              generate(model->config, converted.start_text(), *model->tokenizer, other, options, {}));
}

}  // namespace
}  // namespace dotmoe
