// The converted FFN as a masked dense one: for training and evaluation, exact by construction.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

#include "experts/expert_set.h"
#include "experts/forcing.h"
#include "model/transformer.h"

namespace dotmoe {

/// What a masked product keeps for its backward pass.
enum class KeptForBackward {
    products,  ///< the two behind H, [T, N] each in the weights' dtype
    input      ///< X [T, D] alone: the two are computed once more (activation checkpointing)
};

/// y = (H * (R M^T)) W_down^T (Eq. 16), M one-hot by owner. x [.., D] -> [.., D].
/// `routed` [T, E] is R or R_ste; `soft_plan` [N, columns], when defined, gives the straight-through gradient
/// to the assignment: M_ste = M_hard + (P - sg(P)) (Eq. 11); its values do not matter. Backward as METHOD §4:
/// with U = (dY W_down) * H, dP = U^T R and dR = U M, so no [T, N, E] tensor is made. The weights get a
/// gradient where they ask for one.
at::Tensor masked_feed_forward(const at::Tensor& x, const LayerWeights& layer, const Layout& layout,
                               const at::Tensor& owner, const at::Tensor& routed,
                               const at::Tensor& soft_plan = {},
                               KeptForBackward kept = KeptForBackward::products);

/// H * (R M^T) of a layer of `experts`, routed by its own router; without gradients. x [.., D] -> [.., N].
at::Tensor masked_neuron_outputs(const at::Tensor& x, const LayerWeights& weights, const ExpertSet& experts,
                                 std::int64_t layer);

/// The converted model's FFN, without gradients. Layers that are still dense stay dense. `experts` must
/// outlive it. `forcings` change what the routers chose (experts/forced_weights.h); with them it is for one
/// text, in one call.
FeedForward converted_feed_forward(const Weights& weights, const ExpertSet& experts,
                                   std::vector<Forcing> forcings = {});

}  // namespace dotmoe
