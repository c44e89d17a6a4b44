#include "align/splits/random.h"

#include <ATen/CPUGeneratorImpl.h>

#include "align/splits/neuron_energy.h"

namespace dotmoe {

at::Tensor random_split(const NeuronEnergies& energies, const Layout& layout, std::uint64_t seed) {
    const auto order = neurons_by_energy(energies);
    const auto routed = order.size(0) - layout.shared;
    auto owner = at::zeros({order.size(0)}, at::kLong);
    const auto generator = at::detail::createCPUGenerator(seed);
    const auto dealt = at::randperm(routed, generator, at::kLong) % layout.experts + layout.first_routed();
    return owner.index_put_({order.slice(0, layout.shared)}, dealt);
}

}  // namespace dotmoe
