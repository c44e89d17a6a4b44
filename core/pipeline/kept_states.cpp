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

std::filesystem::path folder_of_phases(const std::filesystem::path& conversion) {
    return conversion / "kept";
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

std::filesystem::path folder_of(KeptState state, const std::filesystem::path& conversion) {
    if (state == KeptState::checkpoint) return conversion / "checkpoint";
    return folder_of_phases(conversion) / name_of(state);
}

std::vector<KeptState> kept_states(const std::filesystem::path& conversion) {
    std::vector<KeptState> states;
    std::ranges::copy_if(latest_first, std::back_inserter(states),
                         [&](KeptState state) { return has_checkpoint(folder_of(state, conversion)); });
    return states;
}

void forget_phase_ends(const std::filesystem::path& conversion) {
    for (const auto state : {KeptState::layerwise, KeptState::global})
        remove_checkpoint(folder_of(state, conversion));
    std::error_code ignored;
    std::filesystem::remove(folder_of_phases(conversion), ignored);
}

}  // namespace dotmoe
