#include "model/load.h"

#include "model/layer_stream.h"
#include "model/stored_model.h"

namespace dotmoe {
namespace {

/// Tensors are read one by one in the format they will keep, so that the fp32 copy of the whole model never
/// exists.
at::Tensor kept(const at::Tensor& values, const Compute& compute) {
    return values.to(compute.device, values.dim() == 1 ? at::kFloat : compute.dtype);
}

LayerWeights read_layer(const StoredModel& stored, std::int64_t index, const ModelConfig& config,
                        const Compute& compute) {
    LayerWeights layer;
    layer.activation = config.activation;
    for (const auto& tensor : layer_tensors(config))
        layer.*tensor.field = kept(stored.read(tensor, index, config), compute);
    return layer;
}

/// All but the layers.
std::shared_ptr<Model> read_outside(const StoredModel& stored, const std::filesystem::path& path,
                                    const Compute& compute) {
    auto model = std::make_shared<Model>();
    model->path = path;
    model->compute = compute;
    model->config = stored.config();
    model->tokenizer = stored.tokenizer(model->config);
    for (const auto& tensor : global_tensors(model->config))
        model->weights.*tensor.field = kept(stored.read(tensor, model->config), compute);
    if (model->config.tied_embeddings) model->weights.head = model->weights.embedding;
    return model;
}

}  // namespace

std::shared_ptr<const Model> load_model(const std::filesystem::path& path, const Compute& compute) {
    const auto stored = open_stored_model(path);
    const auto model = read_outside(*stored, path, compute);
    for (std::int64_t layer = 0; layer < model->config.layers; ++layer)
        model->weights.layers.push_back(read_layer(*stored, layer, model->config, compute));
    return model;
}

std::shared_ptr<const Model> stream_model(const std::filesystem::path& path, const Compute& compute) {
    const std::shared_ptr<const StoredModel> stored = open_stored_model(path);
    const auto model = read_outside(*stored, path, compute);
    model->weights.stream =
        std::make_shared<LayerStream>([stored, compute, config = model->config](std::int64_t layer) {
            return read_layer(*stored, layer, config, compute);
        });
    return model;
}

ModelConfig read_config(const std::filesystem::path& path) {
    return open_stored_model(path)->config();
}

}  // namespace dotmoe
