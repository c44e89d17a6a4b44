#include "align/layerwise.h"

#include "align/load_floor.h"
#include "experts/router.h"
#include "transport/rounding.h"

namespace dotmoe {
namespace {

/// Temperature of the Sinkhorn solves that price the exact rounding, for an affinity of unit standard
/// deviation: low enough that few neurons need repair, high enough to converge within the bound.
constexpr double pricing_temperature = 0.05;
constexpr int pricing_iterations = 50;

/// One-hot columns of the routed experts: [N, E]. S M of METHOD §7 is then one matrix product.
at::Tensor routed_one_hot(const at::Tensor& owner, const Layout& layout) {
    return at::one_hot(owner, layout.columns()).slice(1, layout.first_routed()).to(at::kFloat);
}

}  // namespace

RidgeRouter::RidgeRouter(const NeuronEnergies& energies, const LayerwiseRecipe& recipe)
    : energies_(energies), router_scale_(recipe.router_scale), load_floor_(recipe.load_floor) {
    at::Tensor gram;
    std::vector<at::Tensor> sample;
    for (std::int64_t i = 0; i < energies.chunks(); ++i) {
        const auto x = energies.chunk(i).inputs;
        const auto product = x.t().matmul(x);
        gram = gram.defined() ? gram + product : product;
        sample.push_back(x.slice(0, 0, x.size(0), energies.chunks()));
    }
    const auto tokens = static_cast<double>(energies.tokens());
    rms_ = (gram.diagonal() / tokens).sqrt() + 1e-6;
    gram = gram / rms_ / rms_.unsqueeze(1);
    gram.diagonal().add_(recipe.ridge * tokens);
    cholesky_ = at::linalg_cholesky(gram);
    sample_ = at::cat(sample);
}

at::Tensor RidgeRouter::fit(const at::Tensor& owner, const Layout& layout) const {
    const auto one_hot = routed_one_hot(owner, layout).to(rms_.device());
    auto moments = at::zeros({rms_.size(0), layout.experts}, rms_.options());  // X^T sqrt(S M)
    for (std::int64_t i = 0; i < energies_.chunks(); ++i) {
        const auto chunk = energies_.chunk(i);
        moments.addmm_(chunk.inputs.t(), chunk.energies.matmul(one_hot).sqrt_());
    }
    const auto ridge = at::cholesky_solve(moments / rms_.unsqueeze(1), cholesky_) / rms_.unsqueeze(1);
    const auto router = with_load_floor(ridge, sample_, layout.active, load_floor_);
    return router * (router_scale_ / (router.norm(2, 0).mean() * rms_.mean()));
}

at::Tensor energy_affinity(const NeuronEnergies& energies, const at::Tensor& router, const Layout& layout,
                           double power) {
    at::Tensor affinity;
    for (std::int64_t i = 0; i < energies.chunks(); ++i) {
        const auto chunk = energies.chunk(i);
        auto on = route(chunk.inputs, router, layout).mask;  // R [t, E], behind a 1 for the shared column
        if (layout.shared > 0) on = at::cat({at::ones({on.size(0), 1}, on.options()), on}, 1);
        const auto profit = chunk.energies.pow(power).t().matmul(on);
        affinity = affinity.defined() ? affinity + profit : profit;
    }
    return affinity / affinity.std();
}

LayerExperts alternate(const NeuronEnergies& energies, const RidgeRouter& ridge, const Placement& placement,
                       const LayerwiseRecipe& recipe, const at::Tensor& start, const LayerwiseHooks& hooks) {
    const auto& [layout, allowed] = placement;
    const auto capacities = layout.capacities(start.size(0));
    LayerExperts experts{start, ridge.fit(start, layout)};
    std::optional<at::Tensor> warm;
    for (std::int64_t round = 1; round < recipe.rounds; ++round) {
        const auto affinity = energy_affinity(energies, experts.router, layout, recipe.energy_power);
        const auto transport = sinkhorn(affinity, capacities,
                                        {.temperature = pricing_temperature,
                                         .max_iterations = pricing_iterations,
                                         .allowed = allowed,
                                         .on_iteration = hooks.on_iteration},
                                        warm);
        warm = transport.g;
        const auto hard =
            round_exact(affinity.cpu(), capacities, -pricing_temperature * transport.g.cpu(), allowed);
        experts.owner = hard.owner;
        if (hooks.on_round) hooks.on_round({round, pricing_temperature, affinity, transport, hard});
        experts.router = ridge.fit(experts.owner, layout);
    }
    return experts;
}

}  // namespace dotmoe
