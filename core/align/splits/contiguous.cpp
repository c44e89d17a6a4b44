#include "align/splits/contiguous.h"

#include "align/splits/neuron_energy.h"

namespace dotmoe {

at::Tensor contiguous_split(const NeuronEnergies& energies, const Layout& layout) {
    const auto order = neurons_by_energy(energies);
    const auto neurons = order.size(0);
    const auto routed = std::get<0>(order.slice(0, layout.shared).sort());
    auto owner = at::zeros({neurons}, at::kLong);
    const auto runs = at::arange(routed.size(0), at::kLong).floor_divide(layout.capacity(neurons));
    return owner.index_put_({routed}, runs + layout.first_routed());
}

}  // namespace dotmoe
