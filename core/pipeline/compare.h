// Several methods and seeds converted one after another with one budget on the same text. No torch in this
// header.
#pragma once

#include <cstdint>
#include <vector>

#include "pipeline/comparison.h"
#include "pipeline/convert.h"

namespace dotmoe {

struct CompareRequest {
    /// Each conversion's, but for the recipe's method and seed; `out` is the folder that holds them all, each
    /// as out/METHOD-SEED.
    ConvertRequest conversion;
    std::vector<Method> methods;
    std::vector<std::uint64_t> seeds;
    std::vector<std::filesystem::path> tasks;  ///< folders of questions that the conversions answer
    std::int64_t questions = 200;              ///< of each task; 0: all
};

/// Runs what is not there yet: a finished conversion by the same recipe counts as done, an unfinished one
/// goes on from its checkpoint. Answers of a conversion are kept beside it. Then writes out/compare.json and
/// out/compare.md. Blocks; publishes each conversion's events. Throws UsageError before any work for a
/// method, seed or recipe that can't be run, or a folder begun with another model, text or recipe; Error and
/// Cancelled as convert() does.
Comparison compare(const CompareRequest& request, const ConvertHooks& hooks);

}  // namespace dotmoe
