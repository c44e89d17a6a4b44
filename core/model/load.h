// A dense model from disk.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "model/config.h"
#include "model/weights.h"
#include "text/tokenizer.h"

namespace dotmoe {

/// A loaded model; frozen, shared between threads.
struct Model {
    std::filesystem::path path;
    ModelConfig config;
    Weights weights;
    std::shared_ptr<const Tokenizer> tokenizer;
    Compute compute;  ///< where and in what format the weights are
};

/// Shape of the model, without reading weights. Throws Error when it cannot be converted: an encoder, a
/// mixture already, an FFN without a gate, an unknown architecture; the message says what the file is and
/// what is needed.
ModelConfig read_config(const gguf::File& file);

/// GGUF of architecture llama; weights dequantised to fp32, undone from llama.cpp's q and k row order
/// (FORMATS.md), then brought to `compute`. Every weight is checked to be finite. Throws Error naming file
/// and tensor.
std::shared_ptr<const Model> load_model(const std::filesystem::path& path, const Compute& compute);

}  // namespace dotmoe
