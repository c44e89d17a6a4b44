// Straight-through training of one layer on its own (METHOD §§4 and 7): |Y_hat - Y|^2 / |Y|^2, balance and
// z-loss.
#pragma once

#include <ATen/ATen.h>

#include <functional>

#include "align/placement.h"
#include "align/recipe.h"
#include "base/run_control.h"
#include "events/snapshot.h"
#include "experts/expert_set.h"
#include "model/weights.h"

namespace dotmoe {

/// inputs [T, D] of the layer's FFN, `start` the layer's experts as split. Returns the refined experts:
/// `start` where recipe.layerwise.steps = 0 or its method has nothing to train, the same split for all
/// methods but transport. on_step is called on the calling thread. Throws Cancelled from control.poll().
LayerExperts refine_layer(const at::Tensor& inputs, const LayerWeights& weights, const LayerExperts& start,
                          const Placement& placement, const Recipe& recipe, std::uint64_t seed,
                          RunControl& control, const std::function<void(const TrainingStep&)>& on_step);

}  // namespace dotmoe
