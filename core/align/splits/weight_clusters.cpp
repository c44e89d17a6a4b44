#include "align/splits/weight_clusters.h"

#include "align/splits/balanced_kmeans.h"
#include "align/splits/neuron_energy.h"

namespace dotmoe {

at::Tensor weight_cluster_split(const NeuronEnergies& energies, const LayerWeights& weights,
                                const Layout& layout, std::uint64_t seed) {
    const auto routed = neurons_by_energy(energies).slice(0, layout.shared);
    const auto rows = weights.gate.cpu().to(at::kFloat).index_select(0, routed);
    const auto unit = rows / rows.norm(2, 1, true).clamp_min(1e-30);
    const auto gram = unit.matmul(unit.t());
    const auto clusters = balanced_kmeans(gram, kmeans_plus_plus(gram, layout.experts, seed)).owner;
    auto owner = at::zeros({weights.gate.size(0)}, at::kLong);
    return owner.index_put_({routed}, clusters + layout.first_routed());
}

}  // namespace dotmoe
