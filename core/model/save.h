// A dense model to disk.
#pragma once

#include <filesystem>
#include <string>

#include "model/config.h"
#include "model/weights.h"
#include "text/tokenizer.h"

namespace dotmoe {

/// GGUF of architecture llama in F32, q and k rows in llama.cpp's order: load_model and transformers read it
/// back exactly. Written atomically; throws Error when it cannot be.
void save_model(const std::filesystem::path& path, const std::string& name, const ModelConfig& config,
                const Weights& weights, const Vocabulary& vocabulary);

}  // namespace dotmoe
