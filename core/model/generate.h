// Text from a model, token by token, with a KV cache.
#pragma once

#include <functional>
#include <vector>

#include "model/load.h"
#include "model/sampling.h"
#include "model/transformer.h"

namespace dotmoe {

/// Continues `prompt` until max_new_tokens, the EOS token, or the end of the context. on_token (may be empty)
/// is called on the calling thread after each new token and returns whether to go on. Returns the new tokens
/// only, without the EOS. Throws Error when the prompt is empty, longer than the context, or has ids outside
/// the vocabulary.
std::vector<TokenId> generate(const Transformer& transformer, const FeedForward& ffn,
                              const Tokenizer& tokenizer, const std::vector<TokenId>& prompt,
                              const SamplingOptions& options, const std::function<bool(TokenId)>& on_token);

}  // namespace dotmoe
