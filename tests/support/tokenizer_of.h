// The tokenizer of a model whose weights are not read.
#pragma once

#include <filesystem>

#include "formats/json_fields.h"
#include "text/tokenizer.h"

namespace dotmoe::probe {

/// Of a GGUF file, or a Hugging Face folder.
inline std::shared_ptr<const Tokenizer> tokenizer_of(const std::filesystem::path& path) {
    if (!std::filesystem::is_directory(path)) return Tokenizer::from_gguf(gguf::File(path));
    return Tokenizer::from_huggingface(path, JsonFields(path / "config.json").count("vocab_size"));
}

}  // namespace dotmoe::probe
