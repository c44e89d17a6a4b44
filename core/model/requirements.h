// What a model must be to be converted, whatever file it is in.
#pragma once

#include <string>
#include <string_view>

#include "model/config.h"

namespace dotmoe {

/// Ends every refusal: what would be needed.
inline constexpr std::string_view kNeeded =
    "a dense decoder with a gated FFN is needed (Llama, SmolLM, Mistral, Qwen2, Qwen2.5, Qwen3, "
    "Gemma 3)";

/// Architectures, as GGUF or config.json names them, that read a text and predict no next token.
bool is_encoder(std::string_view architecture);

/// Throws Error naming `file` where the heads do not fit together.
void check_heads(const ModelConfig& config, const std::string& file);

}  // namespace dotmoe
