// Whether an export's tokenizer.json is that of the source model.
#pragma once

#include <filesystem>

#include "text/tokenizer.h"

namespace dotmoe {

/// Throws Error naming the file when it can't be read, or when its tokens, ids or merges are others than
/// `vocabulary`'s.
void check_tokenizer_file(const std::filesystem::path& file, const Vocabulary& vocabulary);

}  // namespace dotmoe
