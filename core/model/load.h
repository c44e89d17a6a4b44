// A dense model from disk.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "formats/gguf.h"
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

/// Shape of the model, without reading weights. Throws Error when it cannot be converted
/// (model/stored_model.h).
ModelConfig read_config(const std::filesystem::path& path);
ModelConfig read_config(const gguf::File& file);

/// A GGUF file or a Hugging Face folder; weights as fp32, then brought to `compute`. Every weight is checked
/// to be finite. Throws Error naming file and tensor.
std::shared_ptr<const Model> load_model(const std::filesystem::path& path, const Compute& compute);

/// The same model with its layers left in the file (Weights::stream): of a model of any depth one is in
/// memory. Each pass reads them anew. For one thread at a time; errors of a layer come when it is read.
std::shared_ptr<const Model> stream_model(const std::filesystem::path& path, const Compute& compute);

}  // namespace dotmoe
