// The points that `dotmoe sweep` leaves, for the Compare tab.
#pragma once

#include <filesystem>

#include "widgets/pareto_plot.h"

namespace dotmoe::studio {

/// Throws Error naming the file when it is no such sweep, or a figure in it cannot be drawn.
Pareto read_sweep(const std::filesystem::path& file);

}  // namespace dotmoe::studio
