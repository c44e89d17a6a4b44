// The one list of a recipe's fields: reading, writing and checking walk it. For core/align/recipe*.cpp alone.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "align/recipe.h"

namespace dotmoe {

/// Allowed values of a field, ends included.
struct FieldRange {
    double least = 0, most = std::numeric_limits<double>::infinity();
};

/// Names of an enumeration's values, in their order: value_names<E>[value].
template <typename E>
constexpr std::array<std::string_view, 0> value_names{};
template <>
constexpr std::array<std::string_view, 2> value_names<Start>{"alternating", "random"};
template <>
constexpr std::array<std::string_view, 7> value_names<Method>{
    "transport", "random", "contiguous", "weights", "activations", "pruning", "peer"};
template <>
constexpr std::array<std::string_view, 5> value_names<RoutingRule>{"unit", "renormalised", "switch", "noisy",
                                                                   "expert_choice"};
template <>
constexpr std::array<std::string_view, 2> value_names<Rounding>{"exact", "greedy"};
template <>
constexpr std::array<std::string_view, 2> value_names<StraightThrough>{"soft", "hard"};

template <typename E>
concept Enumeration = std::is_enum_v<E>;

template <Enumeration E>
std::string_view name_in(E value) {
    return value_names<E>[static_cast<std::size_t>(value)];
}

template <Enumeration E>
std::optional<E> value_named(std::string_view name) {
    const auto found = std::ranges::find(value_names<E>, name);
    if (found == value_names<E>.end()) return std::nullopt;
    return static_cast<E>(found - value_names<E>.begin());
}

/// `visit(table, key, field, range)` for each field; table "" is the top level.
template <typename R, typename Visit>
void for_each_recipe_field(R& r, Visit&& visit) {
    visit("", "name", r.name, FieldRange{});
    visit("", "seed", r.seed, FieldRange{0, 9e15});
    visit("", "start", r.start, FieldRange{});
    visit("", "method", r.method, FieldRange{});
    visit("layout", "experts", r.layout.experts, FieldRange{1, 1e6});
    visit("layout", "active", r.layout.active, FieldRange{1, 1e6});
    visit("layout", "shared", r.layout.shared, FieldRange{0, 1e9});
    visit("routing", "rule", r.layout.routing.rule, FieldRange{});
    visit("routing", "noise", r.layout.routing.noise, FieldRange{0, 1e3});
    visit("routing", "capacity_factor", r.layout.routing.capacity_factor, FieldRange{0, 1e3});
    visit("text", "window", r.text.window, FieldRange{8, 1 << 20});
    visit("text", "calibration_windows", r.text.calibration_windows, FieldRange{1, 1e6});
    visit("text", "held_out_windows", r.text.held_out_windows, FieldRange{1, 1e6});
    visit("layerwise", "rounds", r.layerwise.rounds, FieldRange{1, 1000});
    visit("layerwise", "temperature_start", r.layerwise.temperature_start, FieldRange{0, 100});
    visit("layerwise", "ridge", r.layerwise.ridge, FieldRange{1e-12, 1e6});
    visit("layerwise", "router_scale", r.layerwise.router_scale, FieldRange{1e-6, 1e6});
    visit("layerwise", "metric_windows", r.layerwise.metric_windows, FieldRange{0, 1e6});
    visit("layerwise", "sequential", r.layerwise.sequential, FieldRange{});
    visit("layerwise", "random_baseline", r.layerwise.random_baseline, FieldRange{});
    visit("layerwise", "energy_power", r.layerwise.energy_power, FieldRange{0.01, 2});
    visit("layerwise", "load_floor", r.layerwise.load_floor, FieldRange{0, 0.9});
    visit("layerwise", "top_activations", r.layerwise.top_activations, FieldRange{1, 1e7});
    visit("layerwise", "steps", r.layerwise.steps, FieldRange{0, 1e7});
    visit("layerwise", "batch_tokens", r.layerwise.batch_tokens, FieldRange{1, 1e7});
    visit("layerwise", "affinity_lr", r.layerwise.affinity_lr, FieldRange{0, 1e3});
    visit("layerwise", "router_lr", r.layerwise.router_lr, FieldRange{0, 1e3});
    visit("layerwise", "balance_weight", r.layerwise.balance_weight, FieldRange{0, 1e3});
    visit("layerwise", "z_weight", r.layerwise.z_weight, FieldRange{0, 1e3});
    visit("distill", "steps", r.distill.steps, FieldRange{0, 1e7});
    visit("distill", "sequences", r.distill.sequences, FieldRange{1, 1e5});
    visit("distill", "affinity_lr", r.distill.affinity_lr, FieldRange{0, 1e3});
    visit("distill", "router_lr", r.distill.router_lr, FieldRange{0, 1e3});
    visit("distill", "weight_decay", r.distill.weight_decay, FieldRange{0, 1e3});
    visit("distill", "clip", r.distill.clip, FieldRange{1e-6, 1e6});
    visit("distill", "kl_weight", r.distill.kl_weight, FieldRange{0, 1e3});
    visit("distill", "ce_weight", r.distill.ce_weight, FieldRange{0, 1e3});
    visit("distill", "z_weight", r.distill.z_weight, FieldRange{0, 1e3});
    visit("distill", "balance_weight", r.distill.balance_weight, FieldRange{0, 1e3});
    visit("distill", "temperature_start", r.distill.temperature_start, FieldRange{1e-3, 1e3});
    visit("distill", "temperature_end", r.distill.temperature_end, FieldRange{1e-3, 1e3});
    visit("distill", "temperature_share", r.distill.temperature_share, FieldRange{0, 1});
    visit("distill", "load_floor", r.distill.load_floor, FieldRange{0, 0.9});
    visit("distill", "train_assignment", r.distill.train_assignment, FieldRange{});
    visit("distill", "train_router", r.distill.train_router, FieldRange{});
    visit("distill", "rounding", r.distill.rounding, FieldRange{});
    visit("distill", "straight_through", r.distill.straight_through, FieldRange{});
    visit("distill", "sinkhorn_iterations", r.distill.sinkhorn_iterations, FieldRange{1, 1e5});
    visit("distill", "sinkhorn_tolerance", r.distill.sinkhorn_tolerance, FieldRange{0, 1});
    visit("distill", "checkpoint_activations", r.distill.checkpoint_activations, FieldRange{});
    visit("distill", "evaluate_every", r.distill.evaluate_every, FieldRange{0, 1e7});
    visit("distill", "checkpoint_every", r.distill.checkpoint_every, FieldRange{1, 1e7});
    visit("recover", "fit_windows", r.recover.fit_windows, FieldRange{0, 1e6});
    visit("recover", "fit_split", r.recover.fit_split, FieldRange{});
    visit("recover", "fit_ridge", r.recover.fit_ridge, FieldRange{1e-6, 1e3});
    visit("recover", "steps", r.recover.steps, FieldRange{0, 1e7});
    visit("recover", "learning_rate", r.recover.learning_rate, FieldRange{0, 1e3});
    visit("recover", "router_lr", r.recover.router_lr, FieldRange{0, 1e3});
    visit("recover", "clip", r.recover.clip, FieldRange{1e-6, 1e6});
    visit("constraints", "pin", r.constraints.pin, FieldRange{});
    visit("constraints", "forbid", r.constraints.forbid, FieldRange{});
}

inline std::string dotted_key(std::string_view table, std::string_view key) {
    return table.empty() ? std::string(key) : fmt::format("{}.{}", table, key);
}

}  // namespace dotmoe
