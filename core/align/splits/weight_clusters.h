// Experts of neurons that look for the same thing: clusters of the gate's weights.
#pragma once

#include <ATen/ATen.h>

#include "align/activations.h"
#include "experts/layout.h"

namespace dotmoe {

/// The S neurons of most energy shared; the others clustered by their rows of W_gate, each of length 1, with
/// balanced k-means from a k-means++ start. As MoEfication (Zhang et al. 2022, Findings of ACL: rows of W_1,
/// balanced k-means) and the clustering of LLaMA-MoE (Zhu et al. 2024, EMNLP: W_gate); those balance by
/// heuristics, here the balanced step is exact. Returns owner [N].
at::Tensor weight_cluster_split(const NeuronEnergies& energies, const LayerWeights& weights,
                                const Layout& layout, std::uint64_t seed);

}  // namespace dotmoe
