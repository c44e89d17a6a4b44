// When each layer's split stopped changing.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "recording/recording.h"

namespace dotmoe {

/// Of each layer the index of the first moment from which on every recorded hard plan is the last one; none
/// for a layer without a plan. Between two pictures nothing is known: of a long phase only some steps have
/// one. Reads the pictures from the last back to where they differ. Throws Error as Recording does.
std::vector<std::optional<std::size_t>> settled_moments(const Recording& recording);

}  // namespace dotmoe
