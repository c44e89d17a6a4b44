// The table that `dotmoe compare` leaves, for the Compare tab.
#pragma once

#include <filesystem>

#include "widgets/table.h"

namespace dotmoe::studio {

/// The dense model, then a row a method and stage, in the file's order (best first). Throws Error naming the
/// file when it is no such table.
Table read_baselines(const std::filesystem::path& file);

}  // namespace dotmoe::studio
