// The rivals of alternating transport behind one call (METHOD §10).
#pragma once

#include <ATen/ATen.h>

#include "align/activations.h"
#include "align/layerwise.h"
#include "align/placement.h"
#include "align/recipe.h"
#include "experts/expert_set.h"

namespace dotmoe {

struct SplitInputs {
    const NeuronEnergies& energies;
    const LayerWeights& weights;
    const RidgeRouter& ridge;
    const Placement& placement;
};

/// Split and router of a layer by any method but transport (align/layerwise.h). Each column is exactly full,
/// held neurons are where they may be, and the router is the ridge router, but for pruning and PEER.
LayerExperts split_layer(Method method, const SplitInputs& layer, const LayerwiseRecipe& recipe,
                         std::uint64_t seed);

}  // namespace dotmoe
