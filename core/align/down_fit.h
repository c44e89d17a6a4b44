// The start of recovery (ours): each layer's down projection is fitted to the neurons that its routers leave.
#pragma once

#include <ATen/ATen.h>

#include <functional>

#include "align/recipe.h"
#include "experts/expert_set.h"
#include "model/transformer.h"

namespace dotmoe {

/// W_down of each layer in turn by least squares (METHOD §11) on windows [W, window] int64, every other
/// weight as in `dense`. Layers are fitted to the text as the converted ones before them leave it, and to
/// what brings the residual stream back to the dense model's; where a norm stands between
/// (ModelConfig::post_norms), to the dense FFN's own output. `on_layer` hears how many are done; what it
/// throws goes through.
Weights with_fitted_down(const Transformer& dense, const ExpertSet& experts, const at::Tensor& windows,
                         const RecoverRecipe& recipe, const std::function<void(std::int64_t)>& on_layer);

}  // namespace dotmoe
