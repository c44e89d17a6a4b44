// In which settings two recipes differ. No torch here.
#pragma once

#include <string>
#include <vector>

#include "align/recipe.h"

namespace dotmoe {

struct SettingChange {
    std::string setting;   ///< dotted: "distill.steps"
    std::string from, to;  ///< as TOML
    bool operator==(const SettingChange&) const = default;
};

/// In the order of the recipe.
std::vector<SettingChange> recipe_changes(const Recipe& from, const Recipe& to);

/// "distill.steps 15 -> 60, distill.clip 1.0 -> 2.0", or "nothing".
std::string to_text(const std::vector<SettingChange>& changes);

}  // namespace dotmoe
