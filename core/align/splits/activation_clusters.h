// Experts of neurons that are on together: CMoE.
#pragma once

#include <ATen/ATen.h>

#include "align/activations.h"
#include "experts/layout.h"

namespace dotmoe {

/// After Pei et al., "Analytical FFN-to-MoE Restructuring via Activation Pattern Analysis" (CMoE, ACL 2026,
/// arXiv 2502.04416). A neuron is on for a token when its |H_ti| is among the token's K_a largest
/// (`top_activations`); its activation rate is the share of tokens for which it is. The S neurons of the
/// highest rates are shared. The others are clustered by their on-off vectors over the calibration tokens
/// with balanced assignments, from the E highest rates among them as first centroids. Returns owner [N].
///
/// What differs: CMoE measures L1 distances, which for on-off vectors are the squared ones used here until
/// centroids become means. Its router takes |act(x W_gate) * (x W_up)| of each expert's representative neuron
/// as the score; that is not linear in x, which every router here is (METHOD §3), so this split gets the
/// ridge router of METHOD §7.
at::Tensor activation_cluster_split(const NeuronEnergies& energies, const Layout& layout,
                                    std::int64_t top_activations);

/// How many tokens two neurons are on for together: B^T B [N, N] fp32, CPU, with B [T, N] the on-off vectors.
/// The diagonal is T times the activation rates.
at::Tensor coactivation_counts(const NeuronEnergies& energies, std::int64_t top_activations);

}  // namespace dotmoe
