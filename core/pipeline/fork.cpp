#include "pipeline/fork.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <ranges>

#include "align/checkpoint.h"
#include "base/error.h"
#include "pipeline/fingerprint.h"

namespace dotmoe {
namespace {

/// Settings of [distill] that act after the global phase too: in recovery, or where dead experts are raised.
constexpr std::array<std::string_view, 9> acting_to_the_end{
    "distill.sequences",      "distill.kl_weight",        "distill.ce_weight",
    "distill.z_weight",       "distill.balance_weight",   "distill.load_floor",
    "distill.evaluate_every", "distill.checkpoint_every", "distill.checkpoint_activations"};

/// Their optimizer's moments are in a checkpoint of the global phase, or not.
constexpr std::array<std::string_view, 2> deciding_what_is_trained{"distill.train_assignment",
                                                                   "distill.train_router"};

struct State {
    KeptState kept;
    Recipe recipe;  ///< that it was made by
    std::int64_t step = 0;
    bool distilled = false;
    std::int64_t fitted = 0;  ///< layers that recovery has fitted, before its steps

    bool within_global() const { return !distilled && step > 0; }
    std::int64_t recovery_steps() const {
        return distilled ? step - (training_steps(recipe) - recipe.recover.steps) : 0;
    }
};

State read_state(const std::filesystem::path& conversion, KeptState kept) {
    const auto folder = folder_of(kept, conversion);
    const auto header = peek_checkpoint(folder);
    if (!header) fail("{}: is not there any more", folder.string());
    State state{kept, recipe_of(header->fingerprint)};
    try {
        header->notes.at("step").get_to(state.step);
        header->notes.at("distilled").get_to(state.distilled);
        state.fitted = header->notes.value("fitted", std::int64_t{0});
    } catch (const nlohmann::json::exception&) {
        fail("{}: is damaged, or of an earlier version; convert again to fork from it", folder.string());
    }
    return state;
}

/// Latest first.
std::vector<State> read_states(const std::filesystem::path& conversion) {
    std::vector<State> states;
    for (const auto kept : kept_states(conversion)) states.push_back(read_state(conversion, kept));
    if (states.empty())
        fail("{}: keeps no state to fork from; it is no conversion, or one by an earlier version",
             conversion.string());
    return states;
}

bool is_among(const std::string& setting, const auto& settings) {
    return std::ranges::find(settings, setting) != settings.end();
}

/// Whether all that the state holds would have come out the same way, or did so by the old value on purpose:
/// a setting that goes on acting.
bool acts_later(const std::string& setting, const State& state) {
    if (setting.starts_with("recover.fit_")) return state.recovery_steps() == 0 && state.fitted == 0;
    if (setting == "name" || setting.starts_with("recover.")) return true;
    if (!setting.starts_with("distill.")) return false;
    if (state.distilled) return is_among(setting, acting_to_the_end);
    return !state.within_global() || !is_among(setting, deciding_what_is_trained);
}

/// A phase can't have fewer steps than it has done.
bool has_room(const Recipe& recipe, const State& state) {
    return recipe.recover.steps >= state.recovery_steps() &&
           (state.distilled || recipe.distill.steps >= state.step);
}

/// The first change that makes the state false.
std::optional<SettingChange> hindrance(const Recipe& recipe, const State& state) {
    for (auto& change : recipe_changes(state.recipe, recipe)) {
        const bool steps = change.setting == "distill.steps" || change.setting == "recover.steps";
        if (!acts_later(change.setting, state) || (steps && !has_room(recipe, state))) return change;
    }
    return std::nullopt;
}

}  // namespace

Recipe recipe_to_fork(const std::filesystem::path& folder) {
    return read_states(folder).front().recipe;
}

Parent choose_fork(const ForkRequest& request, const Recipe& recipe) {
    std::optional<SettingChange> refused;
    std::string refused_at;
    for (const auto& state : read_states(request.folder)) {
        if (request.at && *request.at != state.kept) continue;
        refused = hindrance(recipe, state);
        refused_at = name_of(state.kept);
        if (!refused)
            return {.folder = std::filesystem::absolute(request.folder).lexically_normal(),
                    .state = refused_at,
                    .step = state.step,
                    .changed = recipe_changes(state.recipe, recipe)};
    }
    if (!refused)
        fail_usage("{}: keeps no state '{}' (it has {})", request.folder.string(), name_of(*request.at),
                   fmt::join(read_states(request.folder) | std::views::transform([](const State& state) {
                                 return name_of(state.kept);
                             }),
                             ", "));
    fail_usage("{}: its state '{}' was made with {} = {} and can't go on with {}; convert anew for that",
               request.folder.string(), refused_at, refused->setting, refused->from, refused->to);
}

std::function<bool(const std::string&)> changeable_in(const std::filesystem::path& folder) {
    return [states = read_states(folder)](const std::string& setting) {
        return std::ranges::any_of(states, [&](const State& state) { return acts_later(setting, state); });
    };
}

}  // namespace dotmoe
