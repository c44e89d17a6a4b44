// Conversions of one model that share a folder and most of a recipe: each is made once. No torch here.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "pipeline/convert.h"

namespace dotmoe {

/// Runs what is not there yet, each in its `out`: a finished conversion by the same recipe counts as done, an
/// unfinished one goes on from its checkpoint. Their figures, in order. `name` says to people which one it
/// is. Throws UsageError for a conversion that is there by another recipe, else as convert() does.
std::vector<Metrics> convert_missing(std::vector<ConvertRequest> runs,
                                     const std::function<std::string(const Recipe&)>& name,
                                     const ConvertHooks& hooks);

/// Makes the folder for conversions of this model and text by recipes that have `shared` in common, or throws
/// UsageError where it was begun with others. Folders whose conversions have not begun are taken over.
void keep_to_inputs(const std::filesystem::path& folder, const ConvertRequest& conversion,
                    const Recipe& shared);

}  // namespace dotmoe
