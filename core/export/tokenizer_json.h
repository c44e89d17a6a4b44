// The tokenizer files of an export, rebuilt from the source's vocabulary (FORMATS.md, Tokenizer).
#pragma once

#include <nlohmann/json.hpp>

#include "text/tokenizer.h"

namespace dotmoe {

/// tokenizer.json of Hugging Face's `tokenizers`: byte-level BPE, or SentencePiece's as the files of Llama 2,
/// Mistral and Gemma have it. Throws Error on a pre-tokenizer rule that is not known, a token that stands
/// twice, or ids outside the vocabulary.
nlohmann::json tokenizer_json(const Vocabulary& vocabulary);

/// tokenizer_config.json: PreTrainedTokenizerFast with the special tokens and the chat template. `context` in
/// tokens.
nlohmann::ordered_json tokenizer_config_json(const Vocabulary& vocabulary, std::int64_t context);

nlohmann::ordered_json special_tokens_map_json(const Vocabulary& vocabulary);

}  // namespace dotmoe
