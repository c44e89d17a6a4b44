// Where a forked conversion comes from: kept in its checkpoint and in metrics.json. No torch here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "align/recipe_changes.h"

namespace dotmoe {

struct Parent {
    std::filesystem::path folder;        ///< absolute
    std::string state;                   ///< name of the KeptState (pipeline/kept_states.h)
    std::int64_t step = 0;               ///< training steps that it had done
    std::vector<SettingChange> changed;  ///< since then
};

void to_json(nlohmann::json& json, const Parent& parent);
void from_json(const nlohmann::json& json, Parent& parent);

}  // namespace dotmoe
