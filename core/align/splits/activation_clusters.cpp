#include "align/splits/activation_clusters.h"

#include "align/splits/balanced_kmeans.h"

namespace dotmoe {

at::Tensor coactivation_counts(const NeuronEnergies& energies, std::int64_t top_activations) {
    // S = (|H| |W_down,i|)²; a neuron without a down column contributes nothing and counts as off.
    const auto down = energies.down_norm().square();
    const auto per_energy = at::where(down > 0, 1 / down, at::zeros_like(down));
    const auto top = std::min(top_activations, down.size(0));
    auto counts = at::zeros({down.size(0), down.size(0)}, down.options());
    for (std::int64_t i = 0; i < energies.chunks(); ++i) {
        const auto squares = energies.chunk(i).energies * per_energy;  // |H_ti|² [t, N]
        const auto on = at::zeros_like(squares).scatter_(1, std::get<1>(squares.topk(top, 1)), 1);
        counts.addmm_(on.t(), on);
    }
    return counts.cpu();
}

at::Tensor activation_cluster_split(const NeuronEnergies& energies, const Layout& layout,
                                    std::int64_t top_activations) {
    const auto counts = coactivation_counts(energies, top_activations);
    const auto by_rate = at::argsort(counts.diagonal(), /*stable=*/true, 0, /*descending=*/true);
    const auto routed = by_rate.slice(0, layout.shared);
    const auto gram = counts.index_select(0, routed).index_select(1, routed);
    // `routed` stands in the order of the rates: its first E are the seeds.
    const auto clusters = balanced_kmeans(gram, at::arange(layout.experts, at::kLong)).owner;
    auto owner = at::zeros({counts.size(0)}, at::kLong);
    return owner.index_put_({routed}, clusters + layout.first_routed());
}

}  // namespace dotmoe
