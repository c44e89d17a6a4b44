// Text from a model, token by token, with a KV cache.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "model/load.h"
#include "model/transformer.h"

namespace dotmoe {

struct SamplingOptions {
    double temperature = 0;            ///< 0: greedy
    double top_p = 1.0;                ///< nucleus; 1 keeps all
    std::int64_t top_k = 0;            ///< 0 keeps all
    std::uint64_t seed = 0;
    std::int64_t max_new_tokens = 128;
};

/// Continues `prompt` until max_new_tokens or the EOS token. on_token (may be empty) is called on the calling thread after
/// each new token and returns whether to go on. Returns the new tokens only. Throws Error when the prompt is empty or
/// longer than the context.
std::vector<TokenId> generate(const Transformer& transformer, const FeedForward& ffn, const Tokenizer& tokenizer,
                              const std::vector<TokenId>& prompt, const SamplingOptions& options,
                              const std::function<bool(TokenId)>& on_token);

}  // namespace dotmoe
