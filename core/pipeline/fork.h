// A new conversion that begins where another one stood, with settings changed that come after: its earlier
// phases are not done again. No torch here.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "align/recipe.h"
#include "pipeline/kept_states.h"
#include "pipeline/lineage.h"

namespace dotmoe {

struct ForkRequest {
    std::filesystem::path folder;  ///< of the conversion to begin from, finished or not
    std::optional<KeptState> at;   ///< none: the latest that the changed settings leave true
};

/// The recipe of the conversion, finished or not. Throws Error when the folder keeps no state.
Recipe recipe_to_fork(const std::filesystem::path& folder);

/// The state that a conversion by `recipe` can begin from. Throws UsageError naming a setting whose change
/// makes every state false (those that acted before it), Error when nothing is kept. Reads no tensor.
Parent choose_fork(const ForkRequest& request, const Recipe& recipe);

/// Tells of a setting, "layout.experts", say, whether some kept state of the conversion stays true when it
/// changes. Reads the folder once. Throws Error when it keeps no state.
std::function<bool(const std::string& setting)> changeable_in(const std::filesystem::path& folder);

}  // namespace dotmoe
