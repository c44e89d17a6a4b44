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

Weights blend(const Weights& from, const Weights& to, double share) {
    const auto between = [&](const at::Tensor& a, const at::Tensor& b) {
        return a.is_same(b) || !a.defined() ? a : at::lerp(a, b, share);
    };
    Weights result;
    result.embedding = between(from.embedding, to.embedding);
    result.head = from.head.is_same(from.embedding) ? result.embedding : between(from.head, to.head);
    result.norm = between(from.norm, to.norm);
    result.layers = from.layers;
    for (std::size_t l = 0; l < result.layers.size(); ++l)
        for (const auto field : LayerWeights::fields())
            result.layers[l].*field = between(from.layers[l].*field, to.layers[l].*field);
    return result;
}

}  // namespace dotmoe
