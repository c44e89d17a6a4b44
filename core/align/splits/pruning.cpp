#include "align/splits/pruning.h"

#include "align/splits/neuron_energy.h"

namespace dotmoe {

LayerExperts pruned_layer(const NeuronEnergies& energies, const Layout& layout) {
    const auto order = neurons_by_energy(energies);
    const auto neurons = order.size(0);
    const auto rank = at::arange(neurons - layout.shared, at::kLong);
    auto owner = at::zeros({neurons}, at::kLong);
    owner.index_put_({order.slice(0, layout.shared)},
                     rank.floor_divide(layout.capacity(neurons)) + layout.first_routed());
    const auto width = energies.chunk(0).inputs.size(1);
    return {owner, at::zeros({width, layout.experts}, energies.chunk(0).inputs.options())};
}

}  // namespace dotmoe
