// How well one converted layer stands for its dense one, and how evenly its experts are used.
#pragma once

#include <ATen/ATen.h>

#include "experts/expert_set.h"
#include "model/weights.h"

namespace dotmoe {

struct LayerQuality {
    double error = 0;  ///< |Y_hat - Y|^2 / |Y|^2
    at::Tensor load;   ///< [E] tokens over an even share, CPU
    double load_max = 0;
    std::int64_t dead = 0;
};

/// inputs [T, D]: held-out inputs of the layer's FFN in the dense model.
LayerQuality measure_layer(const at::Tensor& inputs, const LayerWeights& weights, const LayerExperts& experts,
                           const Layout& layout);

}  // namespace dotmoe
