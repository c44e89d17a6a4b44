#include "model/weights.h"

namespace dotmoe {

Weights Weights::to(const Compute& compute) const {
    const auto matrix = [&](const at::Tensor& tensor) { return tensor.to(compute.device, compute.dtype); };
    const auto vector = [&](const at::Tensor& tensor) { return tensor.to(compute.device, at::kFloat); };
    Weights result;
    result.embedding = matrix(embedding);
    result.head = head.is_same(embedding) ? result.embedding : matrix(head);
    result.norm = vector(norm);
    result.layers.reserve(layers.size());
    for (const auto& layer : layers)
        result.layers.push_back({.attention_norm = vector(layer.attention_norm),
                                 .query = matrix(layer.query),
                                 .key = matrix(layer.key),
                                 .value = matrix(layer.value),
                                 .output = matrix(layer.output),
                                 .ffn_norm = vector(layer.ffn_norm),
                                 .gate = matrix(layer.gate),
                                 .up = matrix(layer.up),
                                 .down = matrix(layer.down)});
    return result;
}

}  // namespace dotmoe
