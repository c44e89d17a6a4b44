// Forward pass of a Llama-architecture model, with the FFN left open: dense, masked or sparse plug in alike.
#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <memory>

#include "model/config.h"
#include "model/kv_cache.h"
#include "model/rope.h"
#include "model/weights.h"

namespace dotmoe {

/// y = FFN(x) of a layer: x [B, T, D] is the normalised input, in the weights' dtype; the result has the same
/// shape.
using FeedForward = std::function<at::Tensor(const at::Tensor& x, std::int64_t layer)>;

/// RMSNorm in fp32 at least, result in x's dtype. x [..., D], weight [D].
at::Tensor rms_norm(const at::Tensor& x, const at::Tensor& weight, double epsilon);

/// act(g) of a gate's products, any shape.
at::Tensor activated(const at::Tensor& g, Activation activation);

/// H = act(x W_gate^T) * (x W_up^T), the neurons' outputs (METHOD §1). x [..., D] -> [..., N].
at::Tensor neuron_outputs(const at::Tensor& x, const LayerWeights& layer);

/// Y = H W_down^T. x [..., D] -> [..., D].
at::Tensor dense_feed_forward(const at::Tensor& x, const LayerWeights& layer);

/// The parts of one forward pass, in order. All are differentiable in x, and in the weights where they ask
/// for it.
class Transformer {
  public:
    Transformer(const ModelConfig& config, const Weights& weights);

    const ModelConfig& config() const { return config_; }
    const Weights& weights() const { return weights_; }

    /// Token ids [B, T] int64 -> residual stream [B, T, D]. It stays in fp32 at least, whatever the products
    /// use: 2L small terms are added to it.
    at::Tensor embed(const at::Tensor& tokens) const;
    /// x + Attention(norm(x)), causal, grouped queries, RoPE from position `cache->length(layer)` (0 without
    /// a cache). The cache, when given, grows by T in this layer.
    at::Tensor attend(const at::Tensor& x, std::int64_t layer, KvCache* cache = nullptr) const;
    /// The same with an output projection [D, heads*head_width] of the caller's.
    at::Tensor attend(const at::Tensor& x, std::int64_t layer, const at::Tensor& output,
                      KvCache* cache = nullptr) const;
    /// What goes into that projection, the heads side by side: [B, T, heads*head_width].
    at::Tensor attention_heads(const at::Tensor& x, std::int64_t layer, KvCache* cache = nullptr) const;
    /// norm(x) with one of the model's norms, in the weights' dtype.
    at::Tensor normed(const at::Tensor& x, const at::Tensor& weight) const;
    /// The FFN's input: norm(x) of a layer, in the weights' dtype.
    at::Tensor feed_forward_input(const at::Tensor& x, std::int64_t layer) const;
    /// x + FFN(norm(x)), what the FFN adds normed where the family does so.
    at::Tensor feed_forward(const at::Tensor& x, std::int64_t layer, const FeedForward& ffn) const;
    /// Embedding, all layers with `ffn`, final norm: [B, T] -> [B, T, D], B that of the cache.
    at::Tensor hidden(const at::Tensor& tokens, const FeedForward& ffn, KvCache* cache = nullptr) const;
    /// [.., D] -> [.., V], fp32. Never call it on a whole batch: it is the largest tensor there is
    /// (align/losses does it in chunks).
    at::Tensor logits(const at::Tensor& hidden) const;

    /// dense_feed_forward of this model's layers.
    FeedForward dense() const;

  private:
    ModelConfig config_;
    Weights weights_;
    // Shared by copies: their tables grow with use. That of the layers with a window may be another.
    std::shared_ptr<const RotaryEmbedding> rotary_, window_rotary_;
};

}  // namespace dotmoe
