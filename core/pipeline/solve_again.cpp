#include "pipeline/solve_again.h"

#include <ATen/core/grad_mode.h>

#include <limits>

#include "pipeline/snapshots.h"
#include "transport/constraints.h"
#include "transport/rounding.h"
#include "transport/sinkhorn.h"

namespace dotmoe {
namespace {

/// Bound of the solve; pins move little, so it is seldom met.
constexpr int kIterations = 200;
constexpr double kLargest = 1e4;  ///< margin; of a neuron without a choice it is infinite

template <typename T>
at::Tensor tensor(const std::vector<T>& values, at::IntArrayRef shape, at::ScalarType type) {
    return at::tensor(at::ArrayRef<T>(values), type).reshape(shape);
}

/// A up to a constant in each row and column: tau log P. A recorded P is rounded, which could turn a close
/// choice; the margins are not, so each neuron's own column is put as far above the others as its margin
/// says.
at::Tensor affinity_of(const PlanSnapshot& picture, const Capacities& capacities) {
    const auto plan = tensor(picture.soft, {picture.neurons, picture.columns}, at::kFloat);
    const auto least = plan.masked_select(plan > 0).min();
    const auto affinity = picture.temperature * plan.clamp_min(least / 2).log();
    if (picture.columns == 1) return affinity;
    const auto owner = tensor(picture.owner, {picture.neurons, 1}, at::kLong);
    const auto prices = round_exact(affinity, capacities).prices;
    const auto gain = affinity - prices.to(at::kFloat);  // A_ie - p_e
    const auto best_other = gain.scatter(1, owner, -std::numeric_limits<float>::infinity()).amax(1, true);
    const auto margin = tensor(picture.margin, {picture.neurons, 1}, at::kFloat).clamp(-kLargest, kLargest);
    return affinity.scatter_add(1, owner, best_other + margin - gain.gather(1, owner));
}

std::vector<Constraint> constraints_of(const PlanSnapshot& picture, const ConstraintRecipe& recipe) {
    std::vector<Constraint> constraints;
    const auto add = [&](const std::vector<NeuronPlace>& places, Constraint::Kind kind) {
        for (const auto& [layer, neuron, expert] : places)
            if (layer == picture.layer)
                constraints.push_back({kind, neuron, expert + (picture.shared_column ? 1 : 0)});
    };
    add(recipe.pin, Constraint::Kind::pin);
    add(recipe.forbid, Constraint::Kind::forbid);
    return constraints;
}

}  // namespace

std::shared_ptr<const PlanSnapshot> solve_again(const PlanSnapshot& picture, const ConstraintRecipe& recipe) {
    const at::NoGradGuard no_grad;
    const Capacities capacities(picture.capacity.begin(), picture.capacity.end());
    const auto affinity = affinity_of(picture, capacities);
    const auto allowed = allowed_columns(picture.neurons, capacities, constraints_of(picture, recipe));
    SinkhornOptions options{
        .temperature = picture.temperature, .max_iterations = kIterations, .allowed = allowed};
    const auto solve = sinkhorn(affinity, capacities, options);
    const auto hard = round_exact(affinity, capacities, -picture.temperature * solve.g, allowed);
    const Layout layout{.experts = picture.columns - (picture.shared_column ? 1 : 0),
                        .active = 1,
                        .shared = picture.shared_column ? capacities.front() : 0};
    return plan_snapshot({picture.stage, picture.step, picture.layer, picture.temperature}, layout,
                         {solve.plan, affinity, hard, allowed});
}

}  // namespace dotmoe
