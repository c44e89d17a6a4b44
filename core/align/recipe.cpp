#include "align/recipe.h"

#include <toml++/toml.h>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

#include "align/presets.h"
#include "align/routing_rule_names.h"
#include "base/error.h"
#include "base/files.h"

namespace dotmoe {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Allowed values of a field, ends included.
struct Range {
    double least = 0, most = infinity;
};

/// Names of an enumeration's values, in their order: names<E>[value].
template <typename E>
constexpr std::array<std::string_view, 0> names{};
template <>
constexpr std::array<std::string_view, 2> names<Start>{"alternating", "random"};
template <>
constexpr std::array<std::string_view, 7> names<Method>{"transport",   "random",  "contiguous", "weights",
                                                        "activations", "pruning", "peer"};
template <>
constexpr std::array<std::string_view, 5> names<RoutingRule>{"unit", "renormalised", "switch", "noisy",
                                                             "expert_choice"};
template <>
constexpr std::array<std::string_view, 2> names<Rounding>{"exact", "greedy"};
template <>
constexpr std::array<std::string_view, 2> names<StraightThrough>{"soft", "hard"};

template <typename E>
concept Enumeration = std::is_enum_v<E>;

template <Enumeration E>
std::string_view name_in(E value) {
    return names<E>[static_cast<std::size_t>(value)];
}

template <Enumeration E>
std::optional<E> value_named(std::string_view name) {
    const auto found = std::ranges::find(names<E>, name);
    if (found == names<E>.end()) return std::nullopt;
    return static_cast<E>(found - names<E>.begin());
}

/// The one list of fields: reading, writing and checking all walk it. `visit(table, key, field, range)`;
/// table "" is the top level.
template <typename R, typename Visit>
void for_each_field(R& r, Visit&& visit) {
    visit("", "name", r.name, Range{});
    visit("", "seed", r.seed, Range{0, 9e15});
    visit("", "start", r.start, Range{});
    visit("", "method", r.method, Range{});
    visit("layout", "experts", r.layout.experts, Range{1, 1e6});
    visit("layout", "active", r.layout.active, Range{1, 1e6});
    visit("layout", "shared", r.layout.shared, Range{0, 1e9});
    visit("routing", "rule", r.layout.routing.rule, Range{});
    visit("routing", "noise", r.layout.routing.noise, Range{0, 1e3});
    visit("routing", "capacity_factor", r.layout.routing.capacity_factor, Range{0, 1e3});
    visit("text", "window", r.text.window, Range{8, 1 << 20});
    visit("text", "calibration_windows", r.text.calibration_windows, Range{1, 1e6});
    visit("text", "held_out_windows", r.text.held_out_windows, Range{1, 1e6});
    visit("layerwise", "rounds", r.layerwise.rounds, Range{1, 1000});
    visit("layerwise", "ridge", r.layerwise.ridge, Range{1e-12, 1e6});
    visit("layerwise", "router_scale", r.layerwise.router_scale, Range{1e-6, 1e6});
    visit("layerwise", "metric_windows", r.layerwise.metric_windows, Range{0, 1e6});
    visit("layerwise", "sequential", r.layerwise.sequential, Range{});
    visit("layerwise", "random_baseline", r.layerwise.random_baseline, Range{});
    visit("layerwise", "energy_power", r.layerwise.energy_power, Range{0.01, 2});
    visit("layerwise", "load_floor", r.layerwise.load_floor, Range{0, 0.9});
    visit("layerwise", "top_activations", r.layerwise.top_activations, Range{1, 1e7});
    visit("layerwise", "steps", r.layerwise.steps, Range{0, 1e7});
    visit("layerwise", "batch_tokens", r.layerwise.batch_tokens, Range{1, 1e7});
    visit("layerwise", "affinity_lr", r.layerwise.affinity_lr, Range{0, 1e3});
    visit("layerwise", "router_lr", r.layerwise.router_lr, Range{0, 1e3});
    visit("layerwise", "balance_weight", r.layerwise.balance_weight, Range{0, 1e3});
    visit("layerwise", "z_weight", r.layerwise.z_weight, Range{0, 1e3});
    visit("distill", "steps", r.distill.steps, Range{0, 1e7});
    visit("distill", "sequences", r.distill.sequences, Range{1, 1e5});
    visit("distill", "affinity_lr", r.distill.affinity_lr, Range{0, 1e3});
    visit("distill", "router_lr", r.distill.router_lr, Range{0, 1e3});
    visit("distill", "weight_decay", r.distill.weight_decay, Range{0, 1e3});
    visit("distill", "clip", r.distill.clip, Range{1e-6, 1e6});
    visit("distill", "kl_weight", r.distill.kl_weight, Range{0, 1e3});
    visit("distill", "ce_weight", r.distill.ce_weight, Range{0, 1e3});
    visit("distill", "z_weight", r.distill.z_weight, Range{0, 1e3});
    visit("distill", "balance_weight", r.distill.balance_weight, Range{0, 1e3});
    visit("distill", "temperature_start", r.distill.temperature_start, Range{1e-3, 1e3});
    visit("distill", "temperature_end", r.distill.temperature_end, Range{1e-3, 1e3});
    visit("distill", "temperature_share", r.distill.temperature_share, Range{0, 1});
    visit("distill", "load_floor", r.distill.load_floor, Range{0, 0.9});
    visit("distill", "train_assignment", r.distill.train_assignment, Range{});
    visit("distill", "train_router", r.distill.train_router, Range{});
    visit("distill", "rounding", r.distill.rounding, Range{});
    visit("distill", "straight_through", r.distill.straight_through, Range{});
    visit("distill", "sinkhorn_iterations", r.distill.sinkhorn_iterations, Range{1, 1e5});
    visit("distill", "sinkhorn_tolerance", r.distill.sinkhorn_tolerance, Range{0, 1});
    visit("distill", "checkpoint_activations", r.distill.checkpoint_activations, Range{});
    visit("distill", "evaluate_every", r.distill.evaluate_every, Range{0, 1e7});
    visit("distill", "checkpoint_every", r.distill.checkpoint_every, Range{1, 1e7});
    visit("recover", "fit_windows", r.recover.fit_windows, Range{0, 1e6});
    visit("recover", "fit_split", r.recover.fit_split, Range{});
    visit("recover", "fit_ridge", r.recover.fit_ridge, Range{1e-6, 1e3});
    visit("recover", "steps", r.recover.steps, Range{0, 1e7});
    visit("recover", "learning_rate", r.recover.learning_rate, Range{0, 1e3});
    visit("recover", "router_lr", r.recover.router_lr, Range{0, 1e3});
    visit("recover", "clip", r.recover.clip, Range{1e-6, 1e6});
    visit("constraints", "pin", r.constraints.pin, Range{});
    visit("constraints", "forbid", r.constraints.forbid, Range{});
}

std::string dotted(std::string_view table, std::string_view key) {
    return table.empty() ? std::string(key) : fmt::format("{}.{}", table, key);
}

/// One field of one TOML document, read as the kind of the C++ field.
class Reader {
  public:
    Reader(const toml::table& root, std::string_view origin) : root_(root), origin_(origin) {}

    template <typename T>
    void operator()(std::string_view table, std::string_view key, T& field, Range) {
        known_.insert(dotted(table, key));
        const auto node = table.empty() ? root_[key] : root_[table][key];
        if (node) read(*node.node(), dotted(table, key), field);
    }

    void refuse_unknown_keys() const {
        root_.for_each([this](const toml::key& key, const auto& node) {
            if constexpr (toml::is_table<decltype(node)>)
                node.for_each([&](const toml::key& inner, const auto& value) {
                    refuse_unknown(dotted(key.str(), inner.str()), value);
                });
            else
                refuse_unknown(std::string(key.str()), node);
        });
    }

  private:
    void read(const toml::node& node, const std::string& name, std::string& field) {
        field = expect(node.value_exact<std::string>(), node, name, "a text");
    }
    void read(const toml::node& node, const std::string& name, std::int64_t& field) {
        field = expect(node.value_exact<std::int64_t>(), node, name, "a whole number");
    }
    void read(const toml::node& node, const std::string& name, std::uint64_t& field) {
        const auto value = expect(node.value_exact<std::int64_t>(), node, name, "a whole number");
        if (value < 0) refuse(node, name, "0 or more");
        field = static_cast<std::uint64_t>(value);
    }
    void read(const toml::node& node, const std::string& name, double& field) {
        field = expect(node.value<double>(), node, name, "a number");
    }
    void read(const toml::node& node, const std::string& name, bool& field) {
        field = expect(node.value_exact<bool>(), node, name, "true or false");
    }
    template <Enumeration E>
    void read(const toml::node& node, const std::string& name, E& field) {
        const auto text = expect(node.value_exact<std::string>(), node, name, "a text");
        field =
            expect(value_named<E>(text), node, name, fmt::format("\"{}\"", fmt::join(names<E>, "\" or \"")));
    }
    void read(const toml::node& node, const std::string& name, std::vector<NeuronPlace>& field) {
        constexpr auto wanted = "a list of { layer = 0, neuron = 0, expert = 0 }";
        const auto* list = node.as_array();
        if (!list) refuse(node, name, wanted);
        field.clear();
        for (const auto& entry : *list) {
            const auto* table = entry.as_table();
            if (!table || table->size() != 3) refuse(entry, name, wanted);
            const auto number = [&](std::string_view key) {
                return expect((*table)[key].value_exact<std::int64_t>(), entry, name, wanted);
            };
            field.push_back({number("layer"), number("neuron"), number("expert")});
        }
    }

    template <typename T>
    T expect(std::optional<T> value, const toml::node& node, const std::string& name,
             std::string_view kind) const {
        if (!value) refuse(node, name, kind);
        return *value;
    }
    [[noreturn]] void refuse(const toml::node& node, const std::string& name, std::string_view wanted) const {
        fail_usage("{}:{}: {} must be {}", origin_, node.source().begin.line, name, wanted);
    }
    void refuse_unknown(const std::string& name, const toml::node& node) const {
        if (!known_.contains(name))
            fail_usage("{}:{}: recipe key '{}' is unknown; remove it or mend its spelling", origin_,
                       node.source().begin.line, name);
    }

    const toml::table& root_;
    std::string_view origin_;
    std::set<std::string> known_;
};

std::string toml_value(const std::string& value) {
    return fmt::format("\"{}\"", value);
}
template <Enumeration E>
std::string toml_value(E value) {
    return fmt::format("\"{}\"", name_in(value));
}
std::string toml_value(const std::vector<NeuronPlace>& places) {
    std::string text;
    for (const auto& [layer, neuron, expert] : places)
        text += fmt::format("{}{{ layer = {}, neuron = {}, expert = {} }}", text.empty() ? "" : ", ", layer,
                            neuron, expert);
    return fmt::format("[{}]", text);
}
std::string toml_value(double value) {
    auto text = fmt::format("{}", value);
    return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}
template <std::integral T>
std::string toml_value(T value) {
    return fmt::format("{}", value);
}

}  // namespace

std::vector<std::string> method_names() {
    return {names<Method>.begin(), names<Method>.end()};
}

std::string_view name_of(Method method) {
    return name_in(method);
}

Method method_named(std::string_view name) {
    const auto method = value_named<Method>(name);
    if (!method) fail_usage("method '{}' is unknown: use {}", name, fmt::join(names<Method>, ", "));
    return *method;
}

std::vector<std::string> routing_rule_names() {
    return {names<RoutingRule>.begin(), names<RoutingRule>.end()};
}

std::string_view name_of(RoutingRule rule) {
    return name_in(rule);
}

RoutingRule routing_rule_named(std::string_view name) {
    const auto rule = value_named<RoutingRule>(name);
    if (!rule) fail_usage("routing rule '{}' is unknown: use {}", name, fmt::join(names<RoutingRule>, ", "));
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

Recipe parse_recipe(std::string_view text, std::string_view origin, Recipe recipe) {
    toml::table root;
    try {
        root = toml::parse(text);
    } catch (const toml::parse_error& error) {
        fail_usage("{}:{}: not valid TOML: {}", origin, error.source().begin.line, error.description());
    }
    Reader reader(root, origin);
    for_each_field(recipe, reader);
    reader.refuse_unknown_keys();
    try {
        check_recipe(recipe);
    } catch (const UsageError& error) {
        fail_usage("{}: {}", origin, error.what());
    }
    return recipe;
}

Recipe load_recipe(const std::filesystem::path& path) {
    return parse_recipe(read_text_file(path), path.string());
}

std::string to_toml(const Recipe& recipe) {
    std::string text, open_table;
    for_each_field(recipe, [&](std::string_view table, std::string_view key, const auto& field, Range) {
        if (table != open_table) {
            text += fmt::format("\n[{}]\n", table);
            open_table = table;
        }
        text += fmt::format("{} = {}\n", key, toml_value(field));
    });
    return text;
}

void check_recipe(const Recipe& recipe) {
    for_each_field(recipe, [](std::string_view table, std::string_view key, const auto& field, Range range) {
        using T = std::remove_cvref_t<decltype(field)>;
        if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) {
            const auto value = static_cast<double>(field);
            if (!(value >= range.least && value <= range.most))
                fail_usage("{} = {} is outside {} to {}", dotted(table, key), field, range.least, range.most);
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
