#include "model/generate.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "base/error.h"

namespace dotmoe {
namespace {

void check_prompt(const std::vector<TokenId>& prompt, const ModelConfig& config) {
    if (prompt.empty()) fail("the prompt is empty: give at least one token to go on from");
    if (std::ssize(prompt) > config.context)
        fail("the prompt has {} tokens and the context {}: shorten it", prompt.size(), config.context);
    for (const auto id : prompt)
        if (id < 0 || id >= config.vocabulary)
            fail("token id {} of the prompt is outside the vocabulary of {}", id, config.vocabulary);
}

}  // namespace

std::vector<std::vector<TokenId>> generate_texts(
    const ModelConfig& config, const NextLogitsOfTexts& next_logits, const Tokenizer& tokenizer,
    const std::vector<std::vector<TokenId>>& prompts, const SamplingOptions& options,
    const std::function<bool(std::size_t text, TokenId)>& on_token) {
    for (const auto& prompt : prompts) check_prompt(prompt, config);
    const at::NoGradGuard no_grad;
    const auto eos = tokenizer.vocabulary().eos;
    const auto room = [&](std::size_t text) {
        return std::min(options.max_new_tokens, config.context - std::ssize(prompts[text]));
    };

    std::vector<std::vector<TokenId>> texts(prompts.size());
    std::vector<Sampler> samplers;
    std::vector<NextTokens> inputs;  // of the texts that go on
    for (std::size_t text = 0; text < prompts.size(); ++text) {
        auto own = options;
        own.seed += text;
        samplers.emplace_back(own);
        if (room(text) > 0)
            inputs.push_back({text, at::tensor(at::ArrayRef<TokenId>(prompts[text]), at::kLong)});
    }
    while (!inputs.empty()) {
        const auto logits = next_logits(inputs);
        std::vector<NextTokens> next;
        for (std::size_t i = 0; i < inputs.size(); ++i) {
            const auto text = inputs[i].text;
            const auto id = static_cast<TokenId>(samplers[text].next(logits[static_cast<std::int64_t>(i)]));
            if (id == eos) continue;
            texts[text].push_back(id);
            if (on_token && !on_token(text, id)) continue;
            if (std::ssize(texts[text]) < room(text))
                next.push_back({text, at::full({1}, static_cast<std::int64_t>(id), at::kLong)});
        }
        inputs = std::move(next);
    }
    return texts;
}

std::vector<TokenId> generate(const ModelConfig& config, const NextLogits& next_logits,
                              const Tokenizer& tokenizer, const std::vector<TokenId>& prompt,
                              const SamplingOptions& options, const std::function<bool(TokenId)>& on_token) {
    return generate_texts(
               config,
               [&](const std::vector<NextTokens>& texts) {
                   return next_logits(texts.front().tokens).unsqueeze(0);
               },
               tokenizer, {prompt}, options,
               [&](std::size_t, TokenId id) { return !on_token || on_token(id); })
        .front();
}

std::vector<TokenId> generate(const Transformer& transformer, const FeedForward& ffn,
                              const Tokenizer& tokenizer, const std::vector<TokenId>& prompt,
                              const SamplingOptions& options, const std::function<bool(TokenId)>& on_token,
                              const FeedForward& ffn_of_prompt) {
    const auto device = transformer.weights().embedding.device();
    KvCache cache;
    const auto next_logits = [&](const at::Tensor& tokens) {
        const auto& now = ffn_of_prompt && cache.length() == 0 ? ffn_of_prompt : ffn;
        const auto last = transformer.hidden(tokens.unsqueeze(0).to(device), now, &cache).select(1, -1);
        return transformer.logits(last).squeeze(0);
    };
    return generate(transformer.config(), next_logits, tokenizer, prompt, options, on_token);
}

}  // namespace dotmoe
