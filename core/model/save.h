// A dense model to disk.
#pragma once

#include <filesystem>
#include <string>

#include "model/config.h"
#include "model/weights.h"
#include "text/tokenizer.h"

namespace dotmoe {

/// GGUF in F32, rows in llama.cpp's order: load_model reads it back exactly, and so does transformers where
/// it knows the settings (it reads no scaling of RoPE and no window). Written atomically; throws Error when
/// it cannot be.
void save_model(const std::filesystem::path& path, const std::string& name, const ModelConfig& config,
                const Weights& weights, const Vocabulary& vocabulary);

}  // namespace dotmoe
