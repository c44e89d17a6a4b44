#include "model/load.h"

#include "base/error.h"
#include "model/gguf_tensors.h"
#include "model/read_tensor.h"

namespace dotmoe {
namespace {

/// Reads the weights one by one in the format they will keep, so that the fp32 copy of the whole model never
/// exists.
class WeightReader {
  public:
    WeightReader(const gguf::File& file, const ModelConfig& config, const Compute& compute)
        : file_(file), config_(config), compute_(compute) {}

    Weights read() const {
        Weights weights;
        for (const auto& tensor : global_tensors(config_))
            weights.*tensor.field = read_one(tensor_name(tensor));
        if (config_.tied_embeddings) weights.head = weights.embedding;
        const auto stems = layer_tensors(config_);
        weights.layers.resize(static_cast<std::size_t>(config_.layers));
        for (std::int64_t layer = 0; layer < config_.layers; ++layer)
            for (const auto& tensor : stems)
                weights.layers[static_cast<std::size_t>(layer)].*tensor.field =
                    read_one(tensor_name(tensor, layer), has_rope_rows(tensor));
        return weights;
    }

  private:
    at::Tensor read_one(const std::string& name, bool rope_rows = false) const {
        const auto& tensor = file_.at(name);
        auto values = read_tensor(tensor);
        check_finite(values, tensor, file_.path());
        if (rope_rows) values = interleaved_to_half_split(values, config_.head_width);
        const bool norm = values.dim() == 1;
        return values.to(compute_.device, norm ? at::kFloat : compute_.dtype);
    }

    const gguf::File& file_;
    const ModelConfig& config_;
    const Compute& compute_;
};

}  // namespace

std::shared_ptr<const Model> load_model(const std::filesystem::path& path, const Compute& compute) {
    const gguf::File file(path);
    auto model = std::make_shared<Model>();
    model->path = path;
    model->compute = compute;
    model->config = read_config(file);
    model->tokenizer = Tokenizer::from_gguf(file);
    if (model->tokenizer->size() != model->config.vocabulary)
        fail("{}: the tokenizer has {} tokens and the embedding {}: the file is damaged", path.string(),
             model->tokenizer->size(), model->config.vocabulary);
    model->weights = WeightReader(file, model->config, compute).read();
    return model;
}

}  // namespace dotmoe
