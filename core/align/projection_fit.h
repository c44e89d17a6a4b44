// The start of recovery (ours): each layer's output projections are fitted to what its routers leave.
#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <vector>

#include "experts/expert_set.h"
#include "model/transformer.h"

namespace dotmoe {

/// What brings a layer's results back to the residual stream.
struct Projections {
    at::Tensor attention;  ///< [D, heads*head_width]
    at::Tensor down;       ///< [D, N]
};

/// What a layer has become.
struct FittedLayer {
    LayerExperts experts;
    Projections projections;
};

struct FitHooks {
    /// After each layer; what it throws goes through.
    std::function<void(std::int64_t layer, const FittedLayer&)> on_layer;
    /// A layer's experts before its fit, from what its FFN sees of the text, [T, D]; none: they stay.
    std::function<LayerExperts(std::int64_t layer, const at::Tensor& inputs)> split = nullptr;
};

/// Attention's output projection and W_down of each layer in turn by least squares (METHOD §11) on windows
/// [W, window] int64; every other weight stays. `weights` are those of `dense`, in the format that the result
/// is to have: `dense` may compute in another. Each is fitted to the text as the converted model before it
/// leaves it, and to what brings the residual stream back to the dense model's; where norms stand between
/// (ModelConfig::post_norms), W_down to the dense FFN's own output, and attention's stays. `done`: the
/// projections of the first layers from an earlier call with the same arguments, whose experts `experts` has.
Weights fit_projections(const Transformer& dense, Weights weights, ExpertSet experts,
                        const at::Tensor& windows, double ridge, const FitHooks& hooks,
                        std::vector<Projections> done = {});

}  // namespace dotmoe
