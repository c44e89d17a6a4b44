// Static structured pruning in the terms of a mixture: what routing must beat.
#pragma once

#include <ATen/ATen.h>

#include "align/activations.h"
#include "experts/expert_set.h"

namespace dotmoe {

/// The S + kC neurons of most energy are on for every token, the others never. A layout has at least one
/// active expert, so this is said in it so: the best S are shared, the next kC fill the experts 0 to k-1, and
/// the router is zero. All logits are then equal, and equal logits go to the lowest experts
/// (experts/router.h): always to those k. The router must stay as it is; E - k experts are dead by design.
LayerExperts pruned_layer(const NeuronEnergies& energies, const Layout& layout);

}  // namespace dotmoe
