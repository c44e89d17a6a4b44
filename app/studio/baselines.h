// The table that `dotmoe compare` leaves, for the Compare tab.
#pragma once

#include <filesystem>
#include <optional>

#include "widgets/table.h"

namespace dotmoe::studio {

/// compare.json itself, or the one in a folder; none where it is neither.
std::optional<std::filesystem::path> baselines_in(const std::filesystem::path& path);

/// The dense model, then a row a method and stage, in the file's order (best first). Throws Error naming the
/// file when it is no such table.
Table read_baselines(const std::filesystem::path& file);

}  // namespace dotmoe::studio
