#include "align/layerwise.h"

#include <algorithm>
#include <cmath>

#include "align/load_floor.h"
#include "experts/router.h"
#include "transport/rounding.h"

namespace dotmoe {
namespace {

/// Where the annealing ends, for an affinity of unit standard deviation. The hard rounds' solves price the
/// exact rounding at it: low enough that few neurons need repair, high enough to converge within the bound.
constexpr double last_temperature = 0.03;
constexpr int most_iterations = 50;
/// Transports at the end whose routers are fitted to the hard plan: it settles.
constexpr std::int64_t hard_rounds = 3;

/// Geometric from the recipe's first temperature to the last one, which the first hard round has.
double temperature_of(std::int64_t round, const LayerwiseRecipe& recipe) {
    const auto soft_rounds = static_cast<double>(recipe.rounds - 1 - hard_rounds);
    const double progress = static_cast<double>(round - 1) / std::max(soft_rounds, 1.0);
    const double start = std::max(recipe.temperature_start, last_temperature);
    return start * std::pow(last_temperature / start, std::min(progress, 1.0));
}

bool is_soft(std::int64_t round, const LayerwiseRecipe& recipe) {
    return recipe.temperature_start > 0 && round < recipe.rounds - hard_rounds;
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
    return fit_plan(at::one_hot(owner, layout.columns()).to(rms_.options()), layout);
}

at::Tensor RidgeRouter::fit_plan(const at::Tensor& plan, const Layout& layout) const {
    const auto routed = plan.slice(1, layout.first_routed()).contiguous();     // [N, E]
    auto moments = at::zeros({rms_.size(0), layout.experts}, rms_.options());  // X^T sqrt(S M)
    for (std::int64_t i = 0; i < energies_.chunks(); ++i) {
        const auto chunk = energies_.chunk(i);
        moments.addmm_(chunk.inputs.t(), chunk.energies.matmul(routed).sqrt_());
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
        const double temperature = temperature_of(round, recipe);
        const auto affinity = energy_affinity(energies, experts.router, layout, recipe.energy_power);
        const auto transport = sinkhorn(affinity, capacities,
                                        {.temperature = temperature,
                                         .max_iterations = most_iterations,
                                         .allowed = allowed,
                                         .on_iteration = hooks.on_iteration},
                                        warm);
        warm = transport.g;
        const auto hard = round_exact(affinity.cpu(), capacities, -temperature * transport.g.cpu(), allowed);
        experts.owner = hard.owner;
        if (hooks.on_round) hooks.on_round({round, temperature, affinity, transport, hard});
        experts.router = is_soft(round, recipe) ? ridge.fit_plan(transport.plan, layout)
                                                : ridge.fit(experts.owner, layout);
    }
    return experts;
}

}  // namespace dotmoe
