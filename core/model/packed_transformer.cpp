#include "model/packed_transformer.h"

#include <ATen/core/LegacyTypeDispatch.h>

#include <algorithm>
#include <span>

#include "base/team.h"
#include "model/packed_attention.h"
#include "model/row_operations.h"

namespace dotmoe {
namespace {

constexpr std::int64_t kTokens = 16;  // worth a thread

at::Tensor normed(const at::Tensor& x, const at::Tensor& weight, double epsilon) {
    auto y = at::empty_like(x);
    rms_norm_rows(x.const_data_ptr<float>(), weight.const_data_ptr<float>(), epsilon, x.size(0), x.size(1),
                  y.mutable_data_ptr<float>());
    return y;
}

at::Tensor product(const at::Tensor& x, const PackedMatrix& matrix) {
    auto y = at::empty({x.size(0), matrix.rows()}, x.options());
    matrix.multiply(x.const_data_ptr<float>(), x.size(0), y.mutable_data_ptr<float>());
    return y;
}

/// Rows of some heads side by side, `row` floats apart, to [1, heads, T, head_width].
void copy_heads(const float* from, std::int64_t row, const at::Tensor& to) {
    const auto heads = to.size(1), tokens = to.size(2), width = to.size(3);
    auto* place = to.mutable_data_ptr<float>();
    for (std::int64_t head = 0; head < heads; ++head)
        for (std::int64_t t = 0; t < tokens; ++t)
            std::copy_n(from + t * row + head * width, width, place + head * to.stride(1) + t * width);
}

/// Their rows of the embedding, fp32 [T, D]: one by one, as ATen would wake its own threads beside ours,
/// which wait awake for more.
at::Tensor embedded(const at::Tensor& embedding, const std::vector<TextPart>& parts) {
    std::int64_t rows = 0;
    for (const auto& part : parts) rows += part.tokens.numel();
    auto x = at::empty({rows, embedding.size(1)}, at::kFloat);
    std::int64_t row = 0;
    for (const auto& part : parts) {
        const auto tokens = part.tokens.contiguous();
        const std::span ids(tokens.const_data_ptr<std::int64_t>(), static_cast<std::size_t>(tokens.numel()));
        for (const auto id : ids) x.select(0, row++).copy_(embedding.select(0, id));
    }
    return x;
}

}  // namespace

PackedTransformer::PackedTransformer(const ModelConfig& config, const Weights& weights, WeightFormat format)
    : config_(config),
      embedding_(weights.embedding.cpu()),
      norm_(weights.norm.cpu()),
      head_(weights.head, format),
      rotary_(config.rope_base, config.head_width, at::kCPU, config.rope_divisors) {
    if (config.window_rope_base)
        window_rotary_.emplace(*config.window_rope_base, config.head_width, at::kCPU);
    const auto here = [](const at::Tensor& norm) { return norm.defined() ? norm.cpu() : norm; };
    layers_.reserve(weights.layers.size());
    for (const auto& layer : weights.layers)
        layers_.push_back({.query_key_value = {at::cat({layer.query, layer.key, layer.value}), format},
                           .output = {layer.output, format},
                           .attention_norm = layer.attention_norm.cpu(),
                           .ffn_norm = layer.ffn_norm.cpu(),
                           .bias = config.qkv_bias
                                       ? at::cat({layer.query_bias, layer.key_bias, layer.value_bias}).cpu()
                                       : at::Tensor(),
                           .query_norm = here(layer.query_norm),
                           .key_norm = here(layer.key_norm),
                           .attention_post_norm = here(layer.attention_post_norm),
                           .ffn_post_norm = here(layer.ffn_post_norm)});
}

void PackedTransformer::rotate(at::Tensor& projected, std::int64_t index, std::int64_t first_position) const {
    const auto& layer = layers_[static_cast<std::size_t>(index)];
    const auto& rotary = window_rotary_ && config_.window(index) > 0 ? *window_rotary_ : rotary_;
    const auto tokens = projected.size(0), row = projected.size(1), width = config_.head_width;
    const auto tables = rotary.positions(first_position, tokens);
    const auto *c = tables.first.const_data_ptr<float>(), *s = tables.second.const_data_ptr<float>();
    const auto* query_norm = layer.query_norm.defined() ? layer.query_norm.const_data_ptr<float>() : nullptr;
    const auto* key_norm = layer.key_norm.defined() ? layer.key_norm.const_data_ptr<float>() : nullptr;
    auto* values = projected.mutable_data_ptr<float>();
    share_out((tokens + kTokens - 1) / kTokens, [&](std::int64_t block) {
        for (auto t = block * kTokens; t < std::min(tokens, (block + 1) * kTokens); ++t)
            for (std::int64_t head = 0; head < config_.heads + config_.kv_heads; ++head) {
                auto* x = values + t * row + head * width;
                if (const auto* norm = head < config_.heads ? query_norm : key_norm)
                    rms_norm_row(x, norm, config_.norm_epsilon, width, x);
                rotate_head(x, c + t * (width / 2), s + t * (width / 2), width);
            }
    });
}

at::Tensor PackedTransformer::mix(at::Tensor projected, std::int64_t layer, KvCache& cache) const {
    const auto tokens = projected.size(0), heads = config_.heads, kv_heads = config_.kv_heads;
    rotate(projected, layer, cache.length(layer));
    const auto width = config_.head_width, row = projected.size(1);
    const auto* values = projected.const_data_ptr<float>();
    const auto like = projected.view({1, tokens, -1, width}).transpose(1, 2).narrow(1, heads, kv_heads);
    const auto [new_keys, new_values] = cache.grow(layer, like, tokens);
    copy_heads(values + heads * width, row, new_keys);
    copy_heads(values + (heads + kv_heads) * width, row, new_values);
    const auto [k, v] = cache.rows(layer);
    return packed_attention(values, row, tokens, heads, k, v, config_.attention_scale(),
                            config_.window(layer));
}

at::Tensor PackedTransformer::attend(const at::Tensor& x, std::int64_t layer,
                                     const std::vector<TextPart>& parts) const {
    const auto& weights = layers_[static_cast<std::size_t>(layer)];
    auto projected =
        product(normed(x, weights.attention_norm, config_.norm_epsilon), weights.query_key_value);
    if (weights.bias.defined())
        for (std::int64_t t = 0; t < x.size(0); ++t)
            add_to(projected.mutable_data_ptr<float>() + t * projected.size(1),
                   weights.bias.const_data_ptr<float>(), projected.size(1));
    std::vector<at::Tensor> mixed;
    std::int64_t first = 0;
    for (const auto& [tokens, cache] : parts) {
        mixed.push_back(mix(projected.narrow(0, first, tokens.size(0)), layer, *cache));
        first += tokens.size(0);
    }
    return product(parts.size() == 1 ? mixed.front() : at::cat(mixed), weights.output);
}

void PackedTransformer::add(at::Tensor& stream, const at::Tensor& y, const at::Tensor& post_norm) const {
    const auto added = post_norm.defined() ? normed(y, post_norm, config_.norm_epsilon) : y;
    add_to(stream.mutable_data_ptr<float>(), added.const_data_ptr<float>(), stream.numel());
}

at::Tensor PackedTransformer::hidden(const std::vector<TextPart>& parts, const RowsFeedForward& ffn) const {
    // No gradients, and no records of the views, of which a token makes hundreds.
    const at::AutoDispatchBelowADInplaceOrView plain;
    auto x = embedded(embedding_, parts);
    if (config_.embedding_scale != 1) x.mul_(config_.embedding_scale);
    auto y = at::empty_like(x);
    for (std::int64_t layer = 0; layer < config_.layers; ++layer) {
        const auto& weights = layers_[static_cast<std::size_t>(layer)];
        add(x, attend(x, layer, parts), weights.attention_post_norm);
        const auto input = normed(x, weights.ffn_norm, config_.norm_epsilon);
        ffn(input.const_data_ptr<float>(), x.size(0), y.mutable_data_ptr<float>(), layer);
        add(x, y, weights.ffn_post_norm);
    }
    return normed(x, norm_, config_.norm_epsilon);
}

at::Tensor PackedTransformer::logits(const at::Tensor& hidden) const {
    return product(hidden.contiguous(), head_);
}

std::int64_t PackedTransformer::bytes_per_token() const {
    std::int64_t bytes = head_.bytes();
    for (const auto& layer : layers_) bytes += layer.query_key_value.bytes() + layer.output.bytes();
    return bytes;
}

}  // namespace dotmoe
