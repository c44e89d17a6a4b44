// A conversion as the command that does the same in a terminal.
#pragma once

#include <string>

#include "pipeline/convert.h"

namespace dotmoe::studio {

/// `dotmoe convert ...`, quoted for a POSIX shell. Names only what differs from the preset that the recipe is
/// named after, or from the conversion that is forked. Throws Error when that is gone.
std::string command_line(const ConvertRequest& request);

}  // namespace dotmoe::studio
