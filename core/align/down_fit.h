// The start of recovery (ours): each layer's down projection is fitted to the neurons that its routers leave.
#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <vector>

#include "experts/expert_set.h"
#include "model/transformer.h"

namespace dotmoe {

/// What a layer has become.
struct FittedLayer {
    LayerExperts experts;
    at::Tensor down;  ///< [D, N]
};

struct FitHooks {
    /// After each layer; what it throws goes through.
    std::function<void(std::int64_t layer, const FittedLayer&)> on_layer;
    /// A layer's experts before its fit, from what its FFN sees of the text, [T, D]; none: they stay.
    std::function<LayerExperts(std::int64_t layer, const at::Tensor& inputs)> split = nullptr;
};

/// W_down of each layer in turn by least squares (METHOD §11) on windows [W, window] int64, every other
/// weight as in `dense`. Layers are fitted to the text as the converted ones before them leave it, and to
/// what brings the residual stream back to the dense model's; where a norm stands between
/// (ModelConfig::post_norms), to the dense FFN's own output. `done`: the projections of the first layers from
/// an earlier call with the same arguments, whose experts `experts` has.
Weights fit_down(const Transformer& dense, ExpertSet experts, const at::Tensor& windows, double ridge,
                 const FitHooks& hooks, std::vector<at::Tensor> done = {});

}  // namespace dotmoe
