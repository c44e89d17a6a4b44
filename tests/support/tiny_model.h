// A Llama of a few thousand random weights, for tests of arithmetic that no real model is needed for.
#pragma once

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>

#include "model/gemma3.h"
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

/// One of each family, with what sets it apart from a Llama.
inline std::vector<ModelConfig> tiny_families() {
    auto llama3 = tiny_config(), mistral = tiny_config(), qwen2 = tiny_config(), qwen3 = tiny_config(),
         gemma3 = tiny_config();
    llama3.rope_divisors = llama3_rope_divisors(
        {.factor = 8, .low_frequency = 1, .high_frequency = 4, .original_context = 32}, 10000, 8);
    mistral.windows = {5, 5, 5};
    qwen2.architecture = "qwen2";
    qwen2.qkv_bias = true;
    qwen2.windows = {0, 3, 3};
    qwen3.architecture = "qwen3";
    qwen3.qk_norm = true;
    gemma3.architecture = "gemma3";
    set_gemma3(gemma3);
    gemma3.tied_embeddings = true;
    gemma3.windows = {3, 0, 3};
    gemma3.window_rope_base = 100;
    gemma3.rope_divisors = linear_rope_divisors(4, 8);
    gemma3.score_scale = 0.5;
    return {llama3, mistral, qwen2, qwen3, gemma3};
}

inline Weights tiny_weights(const ModelConfig& config, std::uint64_t seed = 1) {
    auto generator = at::detail::createCPUGenerator(seed);
    const auto matrix = [&](std::int64_t rows, std::int64_t columns) {
        return at::randn({rows, columns}, generator) * (1.5 / std::sqrt(static_cast<double>(columns)));
    };
    const auto vector = [&](std::int64_t size) { return 0.2 * at::randn({size}, generator); };
    const auto norm = [&] { return 1 + vector(config.width); };
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
    for (auto& layer : weights.layers) {
        if (config.qkv_bias)
            layer.query_bias = vector(q), layer.key_bias = vector(kv), layer.value_bias = vector(kv);
        if (config.qk_norm)
            layer.query_norm = 1 + vector(config.head_width), layer.key_norm = 1 + vector(config.head_width);
        if (config.post_norms) layer.attention_post_norm = norm(), layer.ffn_post_norm = norm();
        layer.activation = config.activation;
    }
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
