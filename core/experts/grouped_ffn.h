// The converted FFN by grouped matrix products, on any device: each token costs its own experts.
#pragma once

#include <ATen/ATen.h>

#include "experts/expert_set.h"
#include "model/transformer.h"

namespace dotmoe {

/// One layer. Strict capacity makes the experts of one shape, so a projection of all of them is one product
/// of groups: rows sorted by expert, [rows, D] by [E, D, C].
class GroupedFeedForward {
  public:
    /// A copy of the layer's weights, sorted by expert, where they are and in their format.
    GroupedFeedForward(const LayerWeights& layer, const LayerExperts& experts, const Layout& layout);

    /// x [T, D] -> [T, D], as masked_feed_forward routed by the layer's router; without gradients.
    at::Tensor operator()(const at::Tensor& x) const;

  private:
    Layout layout_;
    Activation activation_;
    at::Tensor router_;          // [D, E] fp32
    LayerWeights shared_;        // of S neurons; not set where S = 0
    at::Tensor gate_up_;         // [E, D, 2 C'], C' = C in whole units of 8 neurons; a view of [E, 2 C', D]
    at::Tensor down_;            // [E, C', D]
    std::int64_t unit_neurons_;  // C'
};

/// All layers; those that are still dense stay dense. Two FFNs in memory where the model's own is kept too.
/// `weights` and `experts` are not needed afterwards, but for dense layers.
FeedForward grouped_feed_forward(const Weights& weights, const ExpertSet& experts);

}  // namespace dotmoe
