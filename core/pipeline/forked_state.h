// The state that a forked conversion begins with (pipeline/fork.h chooses which).
#pragma once

#include <filesystem>
#include <string>

#include "pipeline/conversion_state.h"
#include "pipeline/lineage.h"

namespace dotmoe {

/// Of the parent's kept state; the ends of the phases up to it are copied into `conversion` under its own
/// fingerprint, so that it can be forked without its parent. Throws Error when the parent's model, text or
/// number format are not those of `fingerprint`.
ConversionState forked_state(const Parent& parent, const std::filesystem::path& conversion,
                             const std::string& fingerprint);

}  // namespace dotmoe
