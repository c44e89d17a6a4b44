// A dense model on disk, in either format: a GGUF file, or a Hugging Face folder with config.json,
// safetensors and tokenizer.json.
#pragma once

#include <ATen/ATen.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "model/config.h"
#include "model/weight_table.h"
#include "text/tokenizer.h"

namespace dotmoe {

/// A tensor as the headers have it.
struct StoredTensor {
    std::string name, type;
    std::vector<std::int64_t> shape;
    std::int64_t elements = 0, bytes = 0;
};

/// Untrusted input; throws Error naming the file and what is wrong with it.
class StoredModel {
  public:
    virtual ~StoredModel() = default;

    virtual std::string format() const = 0;  ///< "GGUF v3", "safetensors, 2 shards"
    virtual std::vector<StoredTensor> tensors() const = 0;
    virtual bool is_ffn_weight(const std::string& tensor) const = 0;
    virtual std::string title() const = 0, license() const = 0;  ///< empty when it does not say

    /// Shape of the model, every tensor checked to be there, of that shape and no other. Throws Error when it
    /// cannot be converted: an encoder, a mixture already, an FFN without a gate, an unknown architecture;
    /// the message says what it is and what is needed.
    virtual ModelConfig config() const = 0;
    /// What can be said of a model that config() refuses.
    virtual ModelConfig described() const = 0;
    virtual std::shared_ptr<const Tokenizer> tokenizer(const ModelConfig& config) const = 0;

    /// fp32 on the CPU, rows in half-split RoPE order, checked to be finite.
    virtual at::Tensor read(const GlobalTensor& tensor, const ModelConfig& config) const = 0;
    virtual at::Tensor read(const LayerTensor& tensor, std::int64_t layer,
                            const ModelConfig& config) const = 0;
};

std::unique_ptr<StoredModel> open_stored_model(const std::filesystem::path& path);

/// Whether the folder holds a model of Hugging Face's format (and not, say, a conversion).
bool is_huggingface_folder(const std::filesystem::path& folder);

/// The files that make up the model at `path`: itself, or of a folder those that its logits and its tokens
/// depend on.
std::vector<std::filesystem::path> model_files(const std::filesystem::path& path);

/// SHA-256 that names the model: the file's, or of a folder that of the list of its files' names and hashes.
std::string model_sha256(const std::filesystem::path& path);

}  // namespace dotmoe
