// A tokenizer as metadata of a GGUF file.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "formats/gguf.h"
#include "text/tokenizer.h"

namespace dotmoe {

using GgufMetadata = std::vector<std::pair<std::string, gguf::Value>>;

/// All tokenizer.* keys; Tokenizer::from_gguf gives the vocabulary back.
void add_vocabulary(GgufMetadata& metadata, const Vocabulary& vocabulary);

}  // namespace dotmoe
