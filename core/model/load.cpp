#include "model/load.h"

#include "model/stored_model.h"

namespace dotmoe {
namespace {

/// Reads the weights one by one in the format they will keep, so that the fp32 copy of the whole model never
/// exists.
Weights read_weights(const StoredModel& stored, const ModelConfig& config, const Compute& compute) {
    const auto kept = [&](const at::Tensor& values) {
        return values.to(compute.device, values.dim() == 1 ? at::kFloat : compute.dtype);
    };
    Weights weights;
    for (const auto& tensor : global_tensors(config))
        weights.*tensor.field = kept(stored.read(tensor, config));
    if (config.tied_embeddings) weights.head = weights.embedding;
    const auto tensors = layer_tensors(config);
    weights.layers.resize(static_cast<std::size_t>(config.layers));
    for (std::int64_t layer = 0; layer < config.layers; ++layer) {
        auto& layer_weights = weights.layers[static_cast<std::size_t>(layer)];
        layer_weights.activation = config.activation;
        for (const auto& tensor : tensors)
            layer_weights.*tensor.field = kept(stored.read(tensor, layer, config));
    }
    return weights;
}

}  // namespace

std::shared_ptr<const Model> load_model(const std::filesystem::path& path, const Compute& compute) {
    const auto stored = open_stored_model(path);
    auto model = std::make_shared<Model>();
    model->path = path;
    model->compute = compute;
    model->config = stored->config();
    model->tokenizer = stored->tokenizer(model->config);
    model->weights = read_weights(*stored, model->config, compute);
    return model;
}

ModelConfig read_config(const std::filesystem::path& path) {
    return open_stored_model(path)->config();
}

}  // namespace dotmoe
