#include "align/splits/product_key_split.h"

#include "align/splits/balanced_kmeans.h"
#include "align/splits/neuron_energy.h"
#include "experts/product_keys.h"
#include "transport/rounding.h"

namespace dotmoe {
namespace {

constexpr std::int64_t most_rounds = 10;

/// Predictions less their row's mean, as inner products: (I - H) G (I - H), H the mean within a row.
at::Tensor without_rows(const at::Tensor& gram, const at::Tensor& row, const KeyGrid& grid) {
    const auto member = at::one_hot(row, grid.rows).to(gram.dtype());
    const auto centre =
        at::eye(gram.size(0), gram.options()) - member.matmul(member.t()) / static_cast<double>(grid.columns);
    return centre.matmul(gram).matmul(centre);
}

/// Neurons of each row, [R, C].
at::Tensor members_of(const at::Tensor& row, const KeyGrid& grid) {
    return std::get<1>(at::sort(row, /*stable=*/true, 0, false)).view({grid.rows, grid.columns});
}

/// Column [E] of each neuron, every column with one neuron of each row: Lloyd's algorithm as in
/// balanced_kmeans, with a transport a row.
at::Tensor columns_of(const at::Tensor& gram, const at::Tensor& row, const KeyGrid& grid) {
    const auto members = members_of(row, grid);
    const Capacities ones(static_cast<std::size_t>(grid.columns), 1);
    // First by the direction in which predictions differ most.
    const auto score = std::get<1>(at::linalg_eigh(gram)).select(1, -1);
    auto column = at::empty_like(row);
    const auto by_score = at::argsort(score.index({members}), 1, /*descending=*/false);
    column.index_put_({at::gather(members, 1, by_score).flatten()},
                      at::arange(grid.columns).repeat({grid.rows}));
    for (std::int64_t round = 0; round < most_rounds; ++round) {
        const auto weights =
            at::one_hot(column, grid.columns).to(gram.dtype()) / static_cast<double>(grid.rows);
        const auto inner = gram.matmul(weights);  // <x_i, mu_c>
        const auto gain = 2 * inner - (weights * inner).sum(0);
        auto next = at::empty_like(column);
        for (std::int64_t r = 0; r < grid.rows; ++r) {
            const auto neurons = members[r];
            next.index_put_({neurons}, round_exact(gain.index_select(0, neurons).contiguous(), ones).owner);
        }
        if (at::equal(next, column)) break;
        column = next;
    }
    return column;
}

}  // namespace

Recipe with_single_neurons(const Recipe& recipe, std::int64_t neurons) {
    if (recipe.method != Method::peer) return recipe;
    check_layout(recipe.layout, neurons);
    auto result = recipe;
    const auto capacity = recipe.layout.capacity(neurons);
    result.layout.experts *= capacity;
    result.layout.active *= capacity;
    result.layerwise.load_floor = 0;
    result.distill.load_floor = 0;
    return result;
}

LayerExperts product_key_layer(const NeuronEnergies& energies, const RidgeRouter& ridge, const Layout& layout,
                               std::uint64_t seed) {
    const auto grid = key_grid(layout.experts);
    const auto order = neurons_by_energy(energies), routed = order.slice(0, layout.shared);
    const auto owner_of = [&](const at::Tensor& cell) {
        return at::zeros_like(order).index_put_({routed}, cell + layout.first_routed());
    };
    const auto single = ridge.fit(owner_of(at::arange(layout.experts)), layout);  // [D, E]
    const auto predicted = energies.chunk(0).inputs.matmul(single);               // [t, E]
    const auto gram = predicted.t().matmul(predicted).cpu().to(at::kDouble);

    const auto row = balanced_kmeans(gram, kmeans_plus_plus(gram, grid.rows, seed)).owner;
    const auto cell = row * grid.columns + columns_of(without_rows(gram, row, grid), row, grid);
    const auto placed = at::empty_like(single).index_copy_(1, cell.to(single.device()), single);
    const auto router = router_of_keys(keys_of_router(placed, grid), grid);
    // Means are shorter than what they are of: back to the norm that the ridge router has.
    return {owner_of(cell), router * (single.norm(2, 0).mean() / router.norm(2, 0).mean())};
}

}  // namespace dotmoe
