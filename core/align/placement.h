// The recipe's constraints as masks of the transport.
#pragma once

#include <ATen/ATen.h>

#include <optional>

#include "align/recipe.h"

namespace dotmoe {

/// The shape of a layer's experts, and which of its neurons may be in which.
struct Placement {
    Layout layout;
    std::optional<at::Tensor> allowed = std::nullopt;  ///< [N, columns] bool; none: any neuron anywhere
};

/// [L, N, columns] bool: where each neuron may go (transport/constraints.h); none where the recipe has no
/// constraints. Throws UsageError naming the layer where they cannot be met.
std::optional<at::Tensor> allowed_in_layers(const Recipe& recipe, std::int64_t layers, std::int64_t neurons);

/// One layer of it.
std::optional<at::Tensor> allowed_in_layer(const std::optional<at::Tensor>& allowed, std::int64_t layer);

/// The plan nearest to `owner` [N] that keeps to the placement.
at::Tensor moved_to_allowed(const at::Tensor& owner, const Placement& placement);

}  // namespace dotmoe
