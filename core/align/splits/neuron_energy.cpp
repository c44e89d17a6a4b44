#include "align/splits/neuron_energy.h"

namespace dotmoe {

at::Tensor neurons_by_energy(const NeuronEnergies& energies) {
    at::Tensor energy;
    for (std::int64_t i = 0; i < energies.chunks(); ++i) {
        const auto sum = energies.chunk(i).energies.sum(0);
        energy = energy.defined() ? energy + sum : sum;
    }
    return at::argsort(energy.cpu(), /*stable=*/true, 0, /*descending=*/true);
}

}  // namespace dotmoe
