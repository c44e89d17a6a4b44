// A conversion as its folder tells it, finished or not, without reading its tensors. No torch here.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "pipeline/metrics.h"

namespace dotmoe {

struct RunRecord {
    std::filesystem::path folder;  ///< absolute
    Recipe recipe = {};
    bool finished = false;  ///< else its figures are those of its checkpoint
    std::int64_t step = 0;  ///< training steps done
    std::optional<Quality> quality = {};
    std::string stage = {};  ///< that the quality is of: a key of Metrics' stages
    std::optional<Parent> parent = {};
    std::filesystem::path source = {};  ///< the dense model; empty where the folder does not say: unfinished
};

/// nullopt where the folder is no conversion, or a damaged one.
std::optional<RunRecord> read_run(const std::filesystem::path& folder);

}  // namespace dotmoe
