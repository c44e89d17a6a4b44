// A dense model in a Hugging Face folder.
#pragma once

#include "formats/json_fields.h"
#include "formats/safetensors_folder.h"
#include "model/stored_model.h"

namespace dotmoe {

class HuggingFaceModel : public StoredModel {
  public:
    explicit HuggingFaceModel(const std::filesystem::path& folder);

    std::string format() const override;
    std::vector<StoredTensor> tensors() const override;
    bool is_ffn_weight(const std::string& tensor) const override;
    std::string title() const override;
    std::string license() const override;
    ModelConfig config() const override;
    ModelConfig described() const override;
    std::shared_ptr<const Tokenizer> tokenizer(const ModelConfig& config) const override;
    at::Tensor read(const GlobalTensor& tensor, const ModelConfig& config) const override;
    at::Tensor read(const LayerTensor& tensor, std::int64_t layer, const ModelConfig& config) const override;

  private:
    void check(const std::string& name, const std::vector<std::int64_t>& shape) const;
    void refuse_unknown_tensors(const ModelConfig& config) const;
    at::Tensor read(const std::string& name) const;

    std::filesystem::path path_;
    JsonFields json_;
    safetensors::Folder weights_;
};

}  // namespace dotmoe
