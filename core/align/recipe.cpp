#include "align/recipe.h"

#include <fmt/ranges.h>

#include "align/presets.h"
#include "align/recipe_fields.h"
#include "align/routing_rule_names.h"
#include "base/error.h"

namespace dotmoe {

std::vector<std::string> method_names() {
    return {value_names<Method>.begin(), value_names<Method>.end()};
}

std::string_view name_of(Method method) {
    return name_in(method);
}

Method method_named(std::string_view name) {
    const auto method = value_named<Method>(name);
    if (!method) fail_usage("method '{}' is unknown: use {}", name, fmt::join(value_names<Method>, ", "));
    return *method;
}

std::vector<std::string> routing_rule_names() {
    return {value_names<RoutingRule>.begin(), value_names<RoutingRule>.end()};
}

std::string_view name_of(RoutingRule rule) {
    return name_in(rule);
}

RoutingRule routing_rule_named(std::string_view name) {
    const auto rule = value_named<RoutingRule>(name);
    if (!rule)
        fail_usage("routing rule '{}' is unknown: use {}", name, fmt::join(value_names<RoutingRule>, ", "));
    return *rule;
}

std::int64_t training_steps(const Recipe& recipe) {
    const bool trains = trains_assignment(recipe) || trains_router(recipe);
    return (trains ? recipe.distill.steps : 0) + recipe.recover.steps;
}

std::vector<std::string> preset_names() {
    std::vector<std::string> names;
    for (const auto& entry : embedded_presets) names.emplace_back(entry.name);
    return names;
}

Recipe preset(std::string_view name) {
    const auto found = std::ranges::find(embedded_presets, name, &EmbeddedPreset::name);
    if (found == std::end(embedded_presets))
        fail_usage("preset '{}' is unknown: use {} or a recipe file (.toml)", name,
                   fmt::join(preset_names(), ", "));
    return parse_recipe(found->toml, fmt::format("preset {}", name));
}

void check_recipe(const Recipe& recipe) {
    for_each_recipe_field(
        recipe, [](std::string_view table, std::string_view key, const auto& field, FieldRange range) {
            using T = std::remove_cvref_t<decltype(field)>;
            if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) {
                const auto value = static_cast<double>(field);
                if (!(value >= range.least && value <= range.most))
                    fail_usage("{} = {} is outside {} to {}", dotted_key(table, key), field, range.least,
                               range.most);
            }
        });
    if (recipe.name.find_first_of("\"\\\n") != std::string::npos)
        fail_usage("name holds quotes, backslashes or line ends; use plain characters");
    if (recipe.layout.active > recipe.layout.experts)
        fail_usage("layout.active = {} is more than layout.experts = {}", recipe.layout.active,
                   recipe.layout.experts);
    for (const auto* places : {&recipe.constraints.pin, &recipe.constraints.forbid})
        for (const auto& [layer, neuron, expert] : *places)
            if (layer < 0 || neuron < 0 || expert >= recipe.layout.experts ||
                expert < (recipe.layout.shared > 0 ? -1 : 0))
                fail_usage("constraints: there is no layer {} with a neuron {} and an expert {}", layer,
                           neuron, expert);
    if (recipe.method != Method::transport && recipe.start == Start::random)
        fail_usage(
            "method = {} splits in the layer-wise phase, which start = random leaves out; use start = "
            "alternating",
            name_of(recipe.method));
    const auto& [pin, forbid] = recipe.constraints;
    if (recipe.distill.rounding == Rounding::greedy && (!pin.empty() || !forbid.empty()))
        fail_usage("distill.rounding = greedy knows no constraints; use exact");
    if (recipe.distill.temperature_end > recipe.distill.temperature_start)
        fail_usage("distill.temperature_end = {} is above temperature_start = {}; the plan must sharpen",
                   recipe.distill.temperature_end, recipe.distill.temperature_start);
}

}  // namespace dotmoe
