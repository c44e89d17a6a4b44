// A small random FFN layer and inputs, for tests of the alignment's arithmetic.
#pragma once

#include <ATen/ATen.h>

#include "model/weights.h"

namespace dotmoe::test {

inline LayerWeights small_layer(std::int64_t width, std::int64_t neurons) {
    LayerWeights layer;
    layer.gate = at::randn({neurons, width}) / std::sqrt(static_cast<double>(width));
    layer.up = at::randn({neurons, width}) / std::sqrt(static_cast<double>(width));
    layer.down = at::randn({width, neurons}) / std::sqrt(static_cast<double>(neurons));
    return layer;
}

}  // namespace dotmoe::test
