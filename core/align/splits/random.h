// A balanced random deal: the start of the alternation, and what every other split must beat.
#pragma once

#include <ATen/ATen.h>

#include "align/activations.h"
#include "experts/layout.h"

namespace dotmoe {

/// The S neurons of most energy shared, the rest dealt at random. Returns owner [N].
at::Tensor random_split(const NeuronEnergies& energies, const Layout& layout, std::uint64_t seed);

}  // namespace dotmoe
