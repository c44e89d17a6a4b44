#include "model/transformer.h"

#include "model/attention.h"

namespace dotmoe {

at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double epsilon) {
    const auto h = x.to(at::promote_types(x.scalar_type(), at::kFloat));
    // x / sqrt(mean(x^2) + eps) * w
    return (h * (h.square().mean(-1, /*keepdim=*/true) + epsilon).rsqrt() * weight).to(x.scalar_type());
}

at::Tensor activated(const at::Tensor& g, Activation activation) {
    return activation == Activation::silu ? at::silu(g) : at::gelu(g, "tanh");
}

at::Tensor neuron_outputs(const at::Tensor& x, const LayerWeights& layer) {
    return activated(at::linear(x, layer.gate), layer.activation) * at::linear(x, layer.up);
}

at::Tensor dense_feed_forward(const at::Tensor& x, const LayerWeights& layer) {
    return at::linear(neuron_outputs(x, layer), layer.down);
}

namespace {

at::Tensor post_normed(const at::Tensor& y, const at::Tensor& weight, double epsilon) {
    return weight.defined() ? rms_norm(y, weight, epsilon) : y;
}

}  // namespace

Transformer::Transformer(const ModelConfig& config, const Weights& weights)
    : config_(config),
      weights_(weights),
      rotary_(std::make_shared<RotaryEmbedding>(config.rope_base, config.head_width,
                                                weights.embedding.device(), config.rope_divisors)),
      window_rotary_(config.window_rope_base
                         ? std::make_shared<RotaryEmbedding>(*config.window_rope_base, config.head_width,
                                                             weights.embedding.device())
                         : rotary_) {}

at::Tensor Transformer::embed(const at::Tensor& tokens) const {
    const auto rows = at::embedding(weights_.embedding, tokens);
    const auto scaled = config_.embedding_scale == 1 ? rows : rows * config_.embedding_scale;
    return scaled.to(at::promote_types(scaled.scalar_type(), at::kFloat));
}

at::Tensor Transformer::normed(const at::Tensor& x, const at::Tensor& weight) const {
    return rms_norm(x, weight, config_.norm_epsilon).to(weights_.embedding.scalar_type());
}

at::Tensor Transformer::attend(const at::Tensor& x, std::int64_t layer, KvCache* cache) const {
    return attend(x, layer, weights_.layer(layer).output, cache);
}

at::Tensor Transformer::attend(const at::Tensor& x, std::int64_t layer, const at::Tensor& output,
                               KvCache* cache) const {
    return x + post_normed(at::linear(attention_heads(x, layer, cache), output),
                           weights_.layer(layer).attention_post_norm, config_.norm_epsilon);
}

at::Tensor Transformer::attention_heads(const at::Tensor& x, std::int64_t layer, KvCache* cache) const {
    const auto& w = weights_.layer(layer);
    const auto batch = x.size(0), count = x.size(1);
    const auto h = normed(x, w.attention_norm);
    const auto project = [&](const at::Tensor& weight, const at::Tensor& bias, std::int64_t heads) {
        auto rows = at::linear(h, weight);
        if (bias.defined()) rows = rows + bias.to(rows.scalar_type());
        return rows.view({batch, count, heads, config_.head_width}).transpose(1, 2);
    };
    const auto window = config_.window(layer);
    const auto& rotary = window > 0 ? *window_rotary_ : *rotary_;
    const auto [cos, sin] = rotary.positions(cache ? cache->length(layer) : 0, count);
    const auto turned = [&, &c = cos, &s = sin](const at::Tensor& rows, const at::Tensor& norm) {
        return rotate(norm.defined() ? rms_norm(rows, norm, config_.norm_epsilon) : rows, c, s);
    };
    const auto q = turned(project(w.query, w.query_bias, config_.heads), w.query_norm);
    auto k = turned(project(w.key, w.key_bias, config_.kv_heads), w.key_norm);
    auto v = project(w.value, w.value_bias, config_.kv_heads);
    if (cache) std::tie(k, v) = cache->append(layer, k, v);
    return causal_attention(q, k, v, config_.attention_scale(), window)
        .transpose(1, 2)
        .reshape({batch, count, -1});
}

at::Tensor Transformer::feed_forward_input(const at::Tensor& x, std::int64_t layer) const {
    return normed(x, weights_.layer(layer).ffn_norm);
}

at::Tensor Transformer::feed_forward(const at::Tensor& x, std::int64_t layer, const FeedForward& ffn) const {
    const auto& norm = weights_.layer(layer).ffn_post_norm;
    return x + post_normed(ffn(feed_forward_input(x, layer), layer), norm, config_.norm_epsilon);
}

at::Tensor Transformer::hidden(const at::Tensor& tokens, const FeedForward& ffn, KvCache* cache) const {
    auto x = embed(tokens);
    for (std::int64_t layer = 0; layer < config_.layers; ++layer) {
        x = attend(x, layer, cache);
        x = feed_forward(x, layer, ffn);
    }
    return normed(x, weights_.norm);
}

at::Tensor Transformer::logits(const at::Tensor& hidden) const {
    return at::linear(hidden, weights_.head).to(at::kFloat);
}

FeedForward Transformer::dense() const {
    return [weights = weights_](const at::Tensor& x, std::int64_t layer) {
        return dense_feed_forward(x, weights.layer(layer));
    };
}

}  // namespace dotmoe
