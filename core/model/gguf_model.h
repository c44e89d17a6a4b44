// A dense model in a GGUF file.
#pragma once

#include "formats/gguf.h"
#include "model/stored_model.h"

namespace dotmoe {

class GgufModel : public StoredModel {
  public:
    explicit GgufModel(const std::filesystem::path& path) : file_(path) {}

    std::string format() const override;
    std::vector<StoredTensor> tensors() const override;
    bool is_ffn_weight(const std::string& tensor) const override;
    std::string title() const override;
    std::string license() const override;
    ModelConfig config() const override;
    ModelConfig described() const override;
    std::shared_ptr<const Tokenizer> tokenizer(const ModelConfig& config) const override;
    /// Undone from llama.cpp's order of q and k rows (FORMATS.md).
    at::Tensor read(const GlobalTensor& tensor, const ModelConfig& config) const override;
    at::Tensor read(const LayerTensor& tensor, std::int64_t layer, const ModelConfig& config) const override;

  private:
    at::Tensor read(const std::string& name) const;

    gguf::File file_;
};

}  // namespace dotmoe
