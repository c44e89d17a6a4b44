// Runs of neighbouring neurons: what cutting the weight matrices into blocks gives.
#pragma once

#include <ATen/ATen.h>

#include "align/activations.h"
#include "experts/layout.h"

namespace dotmoe {

/// The S neurons of most energy shared; of the others, in their order in the layer, each expert is the next
/// C. Returns owner [N].
at::Tensor contiguous_split(const NeuronEnergies& energies, const Layout& layout);

}  // namespace dotmoe
