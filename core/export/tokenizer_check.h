// Whether an export's tokenizer is that of the source model.
#pragma once

#include <filesystem>

#include "text/tokenizer.h"

namespace dotmoe {

/// tokenizer.json of a folder, or the metadata of a GGUF. Throws Error naming the file when it can't be read,
/// or when its tokens, ids or merges are others than `vocabulary`'s.
void check_tokenizer(const std::filesystem::path& exported, const Vocabulary& vocabulary);

}  // namespace dotmoe
