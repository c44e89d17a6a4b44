#include "pipeline/kept_states.h"

#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "align/checkpoint.h"
#include "base/error.h"

namespace dotmoe {
namespace {

constexpr std::array<std::string_view, 3> names{"layer-wise", "global", "checkpoint"};
constexpr std::array latest_first{KeptState::checkpoint, KeptState::global, KeptState::layerwise};

constexpr std::array phase_ends{KeptState::layerwise, KeptState::global};

std::filesystem::path checkpoint_of(const std::filesystem::path& conversion) {
    return conversion / "checkpoint";
}
std::filesystem::path phases_of_run(const std::filesystem::path& conversion) {
    return conversion / "kept-unfinished";
}
std::filesystem::path phases_for_good(const std::filesystem::path& conversion) {
    return conversion / "kept";
}

void remove_phase_ends(const std::filesystem::path& folder) {
    for (const auto state : phase_ends) remove_checkpoint(folder / name_of(state));
    std::error_code ignored;
    std::filesystem::remove(folder, ignored);
}

/// Of that run, which may have been killed after it had put its phase ends in place.
bool is_of(const std::filesystem::path& folder, const std::string& fingerprint) {
    try {
        const auto header = peek_checkpoint(folder);
        return header && header->fingerprint == fingerprint;
    } catch (const Error&) {
        return false;
    }
}

}  // namespace

std::string_view name_of(KeptState state) {
    return names[static_cast<std::size_t>(state)];
}

std::vector<std::string> kept_state_names() {
    return {names.begin(), names.end()};
}

KeptState kept_state_named(std::string_view name) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end())
        fail_usage("state '{}' is unknown: a conversion keeps {}", name, fmt::join(names, ", "));
    return static_cast<KeptState>(found - names.begin());
}

std::filesystem::path folder_in_run(KeptState state, const std::filesystem::path& conversion) {
    if (state == KeptState::checkpoint) return checkpoint_of(conversion);
    return phases_of_run(conversion) / name_of(state);
}

std::filesystem::path folder_of(KeptState state, const std::filesystem::path& conversion) {
    if (state == KeptState::checkpoint || has_checkpoint(checkpoint_of(conversion)))
        return folder_in_run(state, conversion);
    return phases_for_good(conversion) / name_of(state);
}

std::vector<KeptState> kept_states(const std::filesystem::path& conversion) {
    std::vector<KeptState> states;
    std::ranges::copy_if(latest_first, std::back_inserter(states),
                         [&](KeptState state) { return has_checkpoint(folder_of(state, conversion)); });
    return states;
}

void forget_phase_ends(const std::filesystem::path& conversion) {
    remove_phase_ends(phases_of_run(conversion));
}

void keep_for_good(const std::filesystem::path& conversion, const std::string& fingerprint) {
    const auto from = phases_of_run(conversion), to = phases_for_good(conversion);
    for (const auto state : phase_ends) {
        const auto fresh = from / name_of(state), kept = to / name_of(state);
        if (has_checkpoint(fresh))
            move_checkpoint(fresh, kept);
        else if (!is_of(kept, fingerprint))
            remove_checkpoint(kept);
    }
    remove_phase_ends(from);
    remove_checkpoint(checkpoint_of(conversion));
}

}  // namespace dotmoe
