#include "align/placement.h"

#include "base/error.h"
#include "transport/constraints.h"
#include "transport/rounding.h"

namespace dotmoe {
namespace {

void add_constraints(std::vector<std::vector<Constraint>>& by_layer, const std::vector<NeuronPlace>& places,
                     Constraint::Kind kind, const Layout& layout) {
    for (const auto& [layer, neuron, expert] : places) {
        if (layer >= std::ssize(by_layer))
            fail_usage("constraints: layer {} is none of the model's {}", layer, by_layer.size());
        by_layer[static_cast<std::size_t>(layer)].push_back({kind, neuron, expert + layout.first_routed()});
    }
}

}  // namespace

std::optional<at::Tensor> allowed_in_layers(const Recipe& recipe, std::int64_t layers, std::int64_t neurons) {
    const auto& [pin, forbid] = recipe.constraints;
    if (pin.empty() && forbid.empty()) return std::nullopt;
    std::vector<std::vector<Constraint>> by_layer(static_cast<std::size_t>(layers));
    add_constraints(by_layer, pin, Constraint::Kind::pin, recipe.layout);
    add_constraints(by_layer, forbid, Constraint::Kind::forbid, recipe.layout);
    const auto capacities = recipe.layout.capacities(neurons);
    std::vector<at::Tensor> allowed;
    for (const auto& constraints : by_layer) {
        try {
            allowed.push_back(allowed_columns(neurons, capacities, constraints));
        } catch (const UsageError& error) {
            fail_usage("constraints of layer {}: {}", allowed.size(), error.what());
        }
    }
    return at::stack(allowed);
}

std::optional<at::Tensor> allowed_in_layer(const std::optional<at::Tensor>& allowed, std::int64_t layer) {
    return allowed ? std::optional(allowed->select(0, layer)) : std::nullopt;
}

at::Tensor moved_to_allowed(const at::Tensor& owner, const Placement& placement) {
    if (!placement.allowed) return owner;
    const auto& layout = placement.layout;
    const auto kept = at::one_hot(owner, layout.columns()).to(at::kFloat);
    return round_exact(kept, layout.capacities(owner.size(0)), std::nullopt, placement.allowed).owner;
}

}  // namespace dotmoe
