// Which neurons contribute most: the order that several splits start from.
#pragma once

#include <ATen/ATen.h>

#include "align/activations.h"

namespace dotmoe {

/// Neurons by sum_t S_ti, most first, ties by number: [N] int64, CPU.
at::Tensor neurons_by_energy(const NeuronEnergies& energies);

}  // namespace dotmoe
