#include "app/cli/recipe_flags.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <filesystem>

#include "align/routing_rule_names.h"
#include "align/typed_settings.h"

namespace dotmoe::cli {
namespace {

constexpr auto group = "Recipe";
constexpr auto default_recipe = "quick";

/// A preset's name wins over a file of that name; anything that looks like a path is one.
Recipe named_recipe(const std::string& name) {
    const auto presets = preset_names();
    if (std::find(presets.begin(), presets.end(), name) != presets.end()) return preset(name);
    const std::filesystem::path path(name);
    if (path.has_parent_path() || path.extension() == ".toml" || std::filesystem::exists(path))
        return load_recipe(path);
    return preset(name);
}

template <typename T, typename Field>
void override_with(const std::optional<T>& flag, Field& field) {
    if (flag) field = *flag;
}

}  // namespace

void RecipeFlags::add_recipe(CLI::App& command) {
    command
        .add_option("--recipe", name_or_file_,
                    fmt::format("A preset ({}) or a TOML file", fmt::join(preset_names(), ", ")))
        ->type_name("NAME|FILE")
        ->default_str(default_recipe)
        ->group(group);
    command
        .add_option("--set", settings_,
                    "Any setting of the recipe, as in its TOML file: --set distill.clip=2.0")
        ->type_name("KEY=VALUE")
        ->allow_extra_args(false)
        ->group(group);
    command.add_option("--steps", steps_, "Global training steps")->type_name("N")->group(group);
    command
        .add_option("--fit", fit_,
                    "Windows of text to which the output projections are fitted afterwards; 0: they stay")
        ->type_name("N")
        ->group(group);
    command.add_option("--recover", recover_, "Steps in which all weights go on learning then")
        ->type_name("N")
        ->group(group);
    command.add_option("--layer-steps", layer_steps_, "Training steps within each layer")
        ->type_name("N")
        ->group(group);
}

void RecipeFlags::add_layout(CLI::App& command) {
    command.add_option("--experts", experts_, "Routed experts a layer (E)")->type_name("E")->group(group);
    command.add_option("--active", active_, "Experts a token uses (k)")->type_name("K")->group(group);
    command.add_option("--shared", shared_, "Neurons every token uses (S)")->type_name("S")->group(group);
}

void RecipeFlags::add_method(CLI::App& command) {
    command
        .add_option("--method", method_,
                    fmt::format("How layers are split: {}", fmt::join(method_names(), ", ")))
        ->type_name("NAME")
        ->group(group);
    command
        .add_option("--routing", routing_,
                    fmt::format("How a token's experts are chosen and weighed: {}",
                                fmt::join(routing_rule_names(), ", ")))
        ->type_name("RULE")
        ->group(group);
    command.add_option("--seed", seed_, "Same seed, machine and threads: same assignment")
        ->type_name("N")
        ->group(group);
}

void RecipeFlags::add_budget_to(CLI::App& command) {
    add_recipe(command);
    add_layout(command);
}

void RecipeFlags::add_method_to(CLI::App& command) {
    add_recipe(command);
    add_method(command);
}

void RecipeFlags::add_to(CLI::App& command) {
    add_budget_to(command);
    add_method(command);
}

Recipe RecipeFlags::recipe(const std::optional<Recipe>& unnamed) const {
    auto recipe = unnamed && !name_or_file_ ? *unnamed : named_recipe(name_or_file_.value_or(default_recipe));
    override_with(experts_, recipe.layout.experts);
    override_with(active_, recipe.layout.active);
    override_with(shared_, recipe.layout.shared);
    override_with(steps_, recipe.distill.steps);
    override_with(fit_, recipe.recover.fit_windows);
    override_with(recover_, recipe.recover.steps);
    override_with(layer_steps_, recipe.layerwise.steps);
    override_with(seed_, recipe.seed);
    if (method_) recipe.method = method_named(*method_);
    if (routing_) recipe.layout.routing.rule = routing_rule_named(*routing_);
    for (const auto& setting : settings_) recipe = with_settings(recipe, setting, "--set " + setting);
    check_recipe(recipe);
    return recipe;
}

}  // namespace dotmoe::cli
