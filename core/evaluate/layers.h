// How well one converted layer stands for its dense one, and how evenly its experts are used.
#pragma once

#include <ATen/ATen.h>

#include "experts/expert_set.h"
#include "model/weights.h"

namespace dotmoe {

/// |Y_hat - Y|^2 / |Y|^2 over the tokens; inputs [T, D] of the layer's FFN. Y is the dense layer's, Y_hat
/// that of the experts with the weights `converted`: `dense` itself where a conversion leaves them as they
/// are.
double layer_error(const at::Tensor& inputs, const LayerWeights& dense, const LayerWeights& converted,
                   const LayerExperts& experts, const Layout& layout);

struct LayerLoad {
    at::Tensor load;  ///< [E] tokens over an even share, CPU
    double largest = 0;
    std::int64_t dead = 0;  ///< experts without a token
    double dropped = 0;     ///< share of the tokens' choices that the capacity factor refused
};

/// inputs [T, D] of the layer's FFN, router [D, E].
LayerLoad layer_load(const at::Tensor& inputs, const at::Tensor& router, const Layout& layout);

/// Tokens that go to each expert, of each `window` tokens in turn: [T / window, E], CPU; inputs [T, D] of the
/// layer's FFN, router [D, E].
at::Tensor tokens_a_window(const at::Tensor& inputs, const at::Tensor& router, const Layout& layout,
                           std::int64_t window);

}  // namespace dotmoe
