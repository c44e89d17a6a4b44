// PEER (He 2024) of a dense layer: every routed neuron an expert of its own, on a grid of product keys.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#include "align/activations.h"
#include "align/layerwise.h"
#include "align/recipe.h"
#include "experts/expert_set.h"

namespace dotmoe {

/// The recipe for experts of one neuron with the same budget: E C experts, k C of them active. Floors under
/// an expert's load go: a key serves a row of neurons and can't lift one. Nothing changes for another method,
/// or the second time. Throws UsageError where the layout does not fit.
Recipe with_single_neurons(const Recipe& recipe, std::int64_t neurons);

/// The ridge router of every single neuron, then the grid whose keys lose least of its predictions: rows are
/// balanced clusters of neurons with like predictions, and within each row a transport gives every column one
/// neuron, by what the row leaves unexplained. Owner [N] and a router of keys (experts/product_keys.h).
LayerExperts product_key_layer(const NeuronEnergies& energies, const RidgeRouter& ridge, const Layout& layout,
                               std::uint64_t seed);

}  // namespace dotmoe
