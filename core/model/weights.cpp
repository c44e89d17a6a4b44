#include "model/weights.h"

#include "model/layer_stream.h"

namespace dotmoe {

const LayerWeights& Weights::layer(std::int64_t index) const {
    return stream ? (*stream)[index] : layers[static_cast<std::size_t>(index)];
}

Weights Weights::to(const Compute& compute) const {
    const auto elsewhere = [&](const at::Tensor& tensor) {
        return tensor.to(compute.device, tensor.dim() == 1 ? at::kFloat : compute.dtype);
    };
    Weights result;
    result.embedding = elsewhere(embedding);
    result.head = head.is_same(embedding) ? result.embedding : elsewhere(head);
    result.norm = elsewhere(norm);
    result.layers = layers;
    for (auto& layer : result.layers)
        for (const auto field : LayerWeights::fields())
            if (auto& tensor = layer.*field; tensor.defined()) tensor = elsewhere(tensor);
    return result;
}

}  // namespace dotmoe
