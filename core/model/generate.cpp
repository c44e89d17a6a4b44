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

std::vector<TokenId> generate(const Transformer& transformer, const FeedForward& ffn,
                              const Tokenizer& tokenizer, const std::vector<TokenId>& prompt,
                              const SamplingOptions& options, const std::function<bool(TokenId)>& on_token) {
    const auto& config = transformer.config();
    check_prompt(prompt, config);
    const at::NoGradGuard no_grad;
    const auto device = transformer.weights().embedding.device();
    const auto room = std::min(options.max_new_tokens, config.context - std::ssize(prompt));
    const auto eos = tokenizer.vocabulary().eos;

    Sampler sampler(options);
    KvCache cache;
    std::vector<TokenId> text;
    auto input = at::tensor(at::ArrayRef<TokenId>(prompt), at::kLong).unsqueeze(0);
    while (std::ssize(text) < room) {
        const auto last = transformer.hidden(input.to(device), ffn, &cache).select(1, -1);
        const auto id = static_cast<TokenId>(sampler.next(transformer.logits(last).squeeze(0)));
        if (id == eos) break;
        text.push_back(id);
        if (on_token && !on_token(id)) break;
        input = at::full({1, 1}, static_cast<std::int64_t>(id), at::kLong);
    }
    return text;
}

}  // namespace dotmoe
