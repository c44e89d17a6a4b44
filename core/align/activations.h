// Activations of a model, one layer at a time: memory does not grow with the number of layers.
#pragma once

#include <ATen/ATen.h>

#include <vector>

#include "model/transformer.h"

namespace dotmoe {

/// The residual stream of some windows, moved through a model layer by layer. Holds [W, window, D] and
/// nothing else, in batches small enough that attention and FFN of one batch bound the peak. `transformer`
/// must outlive it.
class ActivationStream {
  public:
    /// windows [W, window] int64.
    ActivationStream(const Transformer& transformer, const at::Tensor& windows);

    /// Attention of the next layer. Then feed_forward_inputs() are that layer's.
    void attend();
    /// The same with an output projection [D, heads*head_width] of the caller's.
    void attend(const at::Tensor& output);
    /// What the layer's FFN sees: [W * window, D], in the weights' dtype.
    at::Tensor feed_forward_inputs() const;
    /// The residual stream itself, [b, window, D] each, fp32 at least.
    const std::vector<at::Tensor>& batches() const { return batches_; }
    /// Adds the layer's FFN, the dense or a converted one, and moves on to the next layer.
    void advance(const FeedForward& ffn);

  private:
    const Transformer& transformer_;
    std::vector<at::Tensor> batches_;
    std::int64_t layer_ = 0;
};

/// S_ti = (|H_ti| |W_down,i|)^2 (METHOD §7) of a layer's inputs, in chunks of tokens. The chunks are kept
/// while they fit into `cache_bytes` and computed anew otherwise. With a metric F, |w|^2 = w^T F w.
class NeuronEnergies {
  public:
    struct Chunk {
        at::Tensor inputs;    ///< X [t, D] fp32
        at::Tensor energies;  ///< S [t, N] fp32
    };

    /// inputs [T, D]: as ActivationStream gives them. metric [D, D] fp32 (align/loss_metric.h) or undefined:
    /// the plain norm. `layer` must outlive the object.
    NeuronEnergies(at::Tensor inputs, const LayerWeights& layer, const at::Tensor& metric = {},
                   std::int64_t cache_bytes = std::int64_t{512} << 20);

    std::int64_t tokens() const { return inputs_.size(0); }
    std::int64_t chunks() const;
    const at::Tensor& down_norm() const { return down_norm_; }
    Chunk chunk(std::int64_t index) const;

  private:
    Chunk compute(std::int64_t index) const;

    at::Tensor inputs_;
    const LayerWeights& layer_;
    at::Tensor down_norm_;  ///< |W_down,i| [N] fp32, in the metric
    std::vector<Chunk> cache_;
};

}  // namespace dotmoe
