// Text from a model, token by token, with a KV cache.
#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "model/load.h"
#include "model/sampling.h"
#include "model/transformer.h"

namespace dotmoe {

/// Logits [V] of the token after these, [T] int64, which go on where the last call ended.
using NextLogits = std::function<at::Tensor(const at::Tensor& tokens)>;

/// The next tokens, [T] int64, of one of several texts.
struct NextTokens {
    std::size_t text;  ///< its place among the prompts
    at::Tensor tokens;
};
/// Logits [texts, V] of the token after each, in their order.
using NextLogitsOfTexts = std::function<at::Tensor(const std::vector<NextTokens>& texts)>;

/// Continues `prompt` until max_new_tokens, the EOS token, or the end of the context. on_token (may be empty)
/// is called on the calling thread after each new token and returns whether to go on. Returns the new tokens
/// only, without the EOS. Throws Error when the prompt is empty, longer than the context, or has ids outside
/// the vocabulary.
std::vector<TokenId> generate(const ModelConfig& config, const NextLogits& next_logits,
                              const Tokenizer& tokenizer, const std::vector<TokenId>& prompt,
                              const SamplingOptions& options, const std::function<bool(TokenId)>& on_token);

/// Several texts in step, so that a pass over the weights serves them all. Each ends by itself, and is the
/// text that it would be alone with the seed options.seed + its place. on_token returns whether that text
/// goes on.
std::vector<std::vector<TokenId>> generate_texts(
    const ModelConfig& config, const NextLogitsOfTexts& next_logits, const Tokenizer& tokenizer,
    const std::vector<std::vector<TokenId>>& prompts, const SamplingOptions& options,
    const std::function<bool(std::size_t text, TokenId)>& on_token);

/// The same by a transformer, on its device. `ffn_of_prompt`, where given, is the prompt's.
std::vector<TokenId> generate(const Transformer& transformer, const FeedForward& ffn,
                              const Tokenizer& tokenizer, const std::vector<TokenId>& prompt,
                              const SamplingOptions& options, const std::function<bool(TokenId)>& on_token,
                              const FeedForward& ffn_of_prompt = {});

}  // namespace dotmoe
