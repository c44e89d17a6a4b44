// A Llama of a few thousand random weights, for tests of arithmetic that no real model is needed for.
#pragma once

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include "model/transformer.h"

namespace dotmoe::test {

inline ModelConfig tiny_config() {
    return {.architecture = "llama",
            .layers = 3,
            .width = 32,
            .neurons = 48,
            .heads = 4,
            .kv_heads = 2,
            .head_width = 8,
            .vocabulary = 61,
            .context = 64,
            .rope_base = 10000,
            .norm_epsilon = 1e-5,
            .tied_embeddings = false};
}

inline Weights tiny_weights(const ModelConfig& config, std::uint64_t seed = 1) {
    auto generator = at::detail::createCPUGenerator(seed);
    const auto matrix = [&](std::int64_t rows, std::int64_t columns) {
        return at::randn({rows, columns}, generator) * (1.5 / std::sqrt(static_cast<double>(columns)));
    };
    const auto norm = [&] { return 1 + 0.2 * at::randn({config.width}, generator); };
    const auto d = config.width, q = config.heads * config.head_width,
               kv = config.kv_heads * config.head_width;
    Weights weights;
    weights.embedding = matrix(config.vocabulary, d) * 4;
    weights.norm = norm();
    weights.head = config.tied_embeddings ? weights.embedding : matrix(config.vocabulary, d);
    for (std::int64_t layer = 0; layer < config.layers; ++layer)
        weights.layers.push_back({.attention_norm = norm(),
                                  .query = matrix(q, d),
                                  .key = matrix(kv, d),
                                  .value = matrix(kv, d),
                                  .output = matrix(d, q),
                                  .ffn_norm = norm(),
                                  .gate = matrix(config.neurons, d),
                                  .up = matrix(config.neurons, d),
                                  .down = matrix(d, config.neurons)});
    return weights;
}

inline Transformer tiny_transformer(const ModelConfig& config = tiny_config(), std::uint64_t seed = 1) {
    return {config, tiny_weights(config, seed)};
}

/// [batch, count] int64 below the vocabulary.
inline at::Tensor tiny_tokens(const ModelConfig& config, std::int64_t batch, std::int64_t count,
                              std::uint64_t seed = 2) {
    return at::randint(config.vocabulary, {batch, count}, at::detail::createCPUGenerator(seed), at::kLong);
}

/// Largest absolute difference.
inline double difference(const at::Tensor& a, const at::Tensor& b) {
    return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

}  // namespace dotmoe::test
