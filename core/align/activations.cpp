#include "align/activations.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>

namespace dotmoe {
namespace {

constexpr std::int64_t windows_a_batch = 4;
constexpr std::int64_t tokens_a_chunk = 2048;

/// sqrt(w_i^T F w_i) of the columns of weight [D, N]; F undefined: |w_i|.
at::Tensor column_norms(const at::Tensor& weight, const at::Tensor& metric) {
    if (!metric.defined()) return weight.norm(2, 0);
    return (weight * metric.matmul(weight)).sum(0).clamp_min(0).sqrt();
}

}  // namespace

ActivationStream::ActivationStream(const Transformer& transformer, const at::Tensor& windows)
    : transformer_(transformer) {
    const at::NoGradGuard no_grad;
    for (const auto& batch : windows.split(windows_a_batch)) batches_.push_back(transformer.embed(batch));
}

void ActivationStream::attend() {
    const at::NoGradGuard no_grad;
    for (auto& batch : batches_) batch = transformer_.attend(batch, layer_);
}

void ActivationStream::attend(const at::Tensor& output) {
    const at::NoGradGuard no_grad;
    for (auto& batch : batches_) batch = transformer_.attend(batch, layer_, output);
}

at::Tensor ActivationStream::feed_forward_inputs() const {
    const at::NoGradGuard no_grad;
    std::vector<at::Tensor> inputs;
    for (const auto& batch : batches_)
        inputs.push_back(transformer_.feed_forward_input(batch, layer_).flatten(0, 1));
    return at::cat(inputs);
}

void ActivationStream::advance(const FeedForward& ffn) {
    const at::NoGradGuard no_grad;
    for (auto& batch : batches_) batch = transformer_.feed_forward(batch, layer_, ffn);
    ++layer_;
}

NeuronEnergies::NeuronEnergies(at::Tensor inputs, const LayerWeights& layer, const at::Tensor& metric,
                               std::int64_t cache_bytes)
    : inputs_(std::move(inputs)), layer_(layer), down_norm_(column_norms(layer.down.to(at::kFloat), metric)) {
    const auto bytes_a_token =
        static_cast<std::int64_t>(sizeof(float)) * (inputs_.size(1) + down_norm_.size(0));
    if (tokens() * bytes_a_token > cache_bytes) return;
    for (std::int64_t i = 0; i < chunks(); ++i) cache_.push_back(compute(i));
}

std::int64_t NeuronEnergies::chunks() const {
    return (tokens() + tokens_a_chunk - 1) / tokens_a_chunk;
}

NeuronEnergies::Chunk NeuronEnergies::chunk(std::int64_t index) const {
    return cache_.empty() ? compute(index) : cache_[static_cast<std::size_t>(index)];
}

NeuronEnergies::Chunk NeuronEnergies::compute(std::int64_t index) const {
    const at::NoGradGuard no_grad;
    const auto first = index * tokens_a_chunk;
    const auto x = inputs_.slice(0, first, std::min(first + tokens_a_chunk, tokens()));
    return {x.to(at::kFloat), (neuron_outputs(x, layer_).to(at::kFloat) * down_norm_).square_()};
}

}  // namespace dotmoe
