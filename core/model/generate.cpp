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

std::vector<TokenId> generate(const ModelConfig& config, const NextLogits& next_logits,
                              const Tokenizer& tokenizer, const std::vector<TokenId>& prompt,
                              const SamplingOptions& options, const std::function<bool(TokenId)>& on_token) {
    check_prompt(prompt, config);
    const at::NoGradGuard no_grad;
    const auto room = std::min(options.max_new_tokens, config.context - std::ssize(prompt));
    const auto eos = tokenizer.vocabulary().eos;

    Sampler sampler(options);
    std::vector<TokenId> text;
    auto input = at::tensor(at::ArrayRef<TokenId>(prompt), at::kLong);
    while (std::ssize(text) < room) {
        const auto id = static_cast<TokenId>(sampler.next(next_logits(input)));
        if (id == eos) break;
        text.push_back(id);
        if (on_token && !on_token(id)) break;
        input = at::full({1}, static_cast<std::int64_t>(id), at::kLong);
    }
    return text;
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
