// The product of a conversion: who owns which neuron, and the routers.
#pragma once

#include <ATen/ATen.h>

#include <vector>

#include "experts/layout.h"

namespace dotmoe {

/// One layer. Columns as everywhere: the shared column first where S > 0, then the E routed experts.
struct LayerExperts {
    at::Tensor owner;   ///< [N] int64, CPU: column of each neuron
    at::Tensor router;  ///< W_r [D, E] fp32: logits = x W_r for the layer's normalised input x
};

struct ExpertSet {
    Layout layout;
    std::vector<LayerExperts> layers;  ///< L; an undefined owner means the layer is still dense
};

/// Neuron indices of each column, ascending; [columns] of int64 tensors.
std::vector<at::Tensor> neurons_of_columns(const at::Tensor& owner, const Layout& layout);

}  // namespace dotmoe
