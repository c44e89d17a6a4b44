// Whether an export's tokenizer is that of the source model.
#pragma once

#include <filesystem>

#include "text/tokenizer.h"

namespace dotmoe {

/// The tokenizer files of a folder, or the metadata of a GGUF, as a source model's would be read. Throws
/// Error naming the file when they can't be read, or when tokens, ids, merges or the splitting of a text are
/// others than `vocabulary`'s.
void check_tokenizer(const std::filesystem::path& exported, const Vocabulary& vocabulary);

}  // namespace dotmoe
