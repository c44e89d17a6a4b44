#include "model/generate.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "core/text/toy_vocabulary.h"
#include "support/tiny_file.h"

namespace dotmoe {
namespace {

using Tokens = std::vector<TokenId>;

at::Tensor as_tensor(const Tokens& tokens) {
    return at::tensor(at::ArrayRef<TokenId>(tokens), at::kLong).unsqueeze(0);
}

/// The same continuation without a cache: the whole text anew for every token.
Tokens without_cache(const Transformer& transformer, Tokens text, const SamplingOptions& options) {
    Sampler sampler(options);
    Tokens added;
    for (std::int64_t i = 0; i < options.max_new_tokens; ++i) {
        const auto hidden = transformer.hidden(as_tensor(text), transformer.dense());
        added.push_back(static_cast<TokenId>(sampler.next(transformer.logits(hidden[0][-1]))));
        text.push_back(added.back());
    }
    return added;
}

class Generate : public ::testing::Test {
  protected:
    Tokens run(const Tokens& prompt, const SamplingOptions& options,
               const std::function<bool(TokenId)>& on_token = {}) const {
        return generate(transformer_, transformer_.dense(), tokenizer_, prompt, options, on_token);
    }

    // A tokenizer that never stops: no EOS.
    static Vocabulary endless() {
        auto vocabulary = toy_vocabulary({"a b"});
        vocabulary.eos.reset();
        return vocabulary;
    }
    Transformer transformer_ = test::tiny_transformer(test::tiny_file_config());
    Tokenizer tokenizer_{endless()};
    Tokens prompt_{72, 101, 108, 108, 111};
};

TEST_F(Generate, GreedyEqualsFullForwards) {
    const SamplingOptions options{.max_new_tokens = 40};
    EXPECT_EQ(run(prompt_, options), without_cache(transformer_, prompt_, options));
}

TEST_F(Generate, SampledEqualsFullForwards) {
    const SamplingOptions options{
        .temperature = 0.8, .top_p = 0.9, .top_k = 50, .seed = 11, .max_new_tokens = 40};
    const auto text = run(prompt_, options);
    EXPECT_EQ(text, without_cache(transformer_, prompt_, options));
    EXPECT_NE(text, run(prompt_, {.max_new_tokens = 40})) << "not the greedy text";
}

TEST_F(Generate, StopsAtTheEndOfText) {
    const auto text = run(prompt_, {.max_new_tokens = 40});
    auto vocabulary = endless();
    vocabulary.eos = text[7];
    const auto first = std::ranges::find(text, text[7]);
    const auto stopped = generate(transformer_, transformer_.dense(), Tokenizer(vocabulary), prompt_,
                                  {.max_new_tokens = 40}, {});
    EXPECT_EQ(stopped, Tokens(text.begin(), first));
}

TEST_F(Generate, TellsEveryTokenAndStopsWhenToldTo) {
    Tokens told;
    const auto text = run(prompt_, {.max_new_tokens = 40}, [&](TokenId id) {
        told.push_back(id);
        return told.size() < 5;
    });
    EXPECT_EQ(text.size(), 5U);
    EXPECT_EQ(told, text);
}

TEST_F(Generate, StopsAtTheEndOfTheContext) {
    EXPECT_EQ(run(Tokens(60, 65), {.max_new_tokens = 40}).size(), 4U);
    EXPECT_TRUE(run(Tokens(64, 65), {.max_new_tokens = 40}).empty());
    EXPECT_TRUE(run(prompt_, {.max_new_tokens = 0}).empty());
}

TEST_F(Generate, RefusesAPromptItCannotUse) {
    EXPECT_THROW(run({}, {}), Error);
    EXPECT_THROW(run(Tokens(65, 65), {}), Error);
    EXPECT_THROW(run({3, 258}, {}), Error);
    EXPECT_THROW(run({-1}, {}), Error);
}

// Each with a cache of its own. The first ends at its context, the second when told to, the third by count.
TEST_F(Generate, SeveralTextsAreThoseAlone) {
    const std::vector<Tokens> prompts{Tokens(50, 65), prompt_, {72}};
    const SamplingOptions options{.temperature = 0.8, .seed = 11, .max_new_tokens = 30};
    std::vector<KvCache> caches(prompts.size());
    const auto next_logits = [&](const std::vector<NextTokens>& texts) {
        std::vector<at::Tensor> logits;
        for (const auto& [text, tokens] : texts)
            logits.push_back(transformer_.logits(
                transformer_.hidden(tokens.unsqueeze(0), transformer_.dense(), &caches[text])[0][-1]));
        return at::stack(logits);
    };
    Tokens told;
    const auto texts = generate_texts(transformer_.config(), next_logits, tokenizer_, prompts, options,
                                      [&](std::size_t text, TokenId id) {
                                          if (text == 1) told.push_back(id);
                                          return text != 1 || told.size() < 5;
                                      });
    const auto alone = [&](std::size_t text) {
        auto own = options;
        own.seed += text;
        return run(prompts[text], own);
    };
    EXPECT_EQ(texts[0], alone(0));
    EXPECT_EQ(texts[0].size(), 14U);
    auto stopped = alone(1);
    stopped.resize(5);
    EXPECT_EQ(texts[1], stopped);
    EXPECT_EQ(told, stopped);
    EXPECT_EQ(texts[2], alone(2));
    EXPECT_EQ(texts[2].size(), 30U);
}

TEST(GenerateWithTheRealModel, GreedyTokensAreTheArgmaxOfOneFullForward) {
    const auto model =
        load_model(DOTMOE_DEPS "/model/SmolLM2-135M-Instruct.Q4_1.gguf", {at::kCPU, at::kFloat});
    const Transformer transformer(model->config, model->weights);
    const auto prompt = model->tokenizer->encode("Once upon a time, in a village by the sea,");
    const auto added =
        generate(transformer, transformer.dense(), *model->tokenizer, prompt, {.max_new_tokens = 36}, {});
    ASSERT_GE(added.size(), 32U);

    auto text = prompt;
    text.insert(text.end(), added.begin(), added.end());
    const auto hidden = transformer.hidden(as_tensor(text), transformer.dense())[0];
    // Position prompt - 1 predicts the first new token, and so on.
    const auto predicted =
        transformer.logits(hidden.narrow(0, std::ssize(prompt) - 1, std::ssize(added))).argmax(-1);
    EXPECT_TRUE(at::equal(predicted, as_tensor(added)[0])) << model->tokenizer->decode(added);
}

}  // namespace
}  // namespace dotmoe
