// A text as a model begins with it.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "text/tokenizer.h"

namespace dotmoe {

struct Prompt {
    std::vector<TokenId> ids;
    std::int64_t first = 0;  ///< of the text's own tokens: 1 after a BOS
};

/// With BOS first where the model's file asks for it.
Prompt encode_prompt(const Tokenizer& tokenizer, std::string_view text);

}  // namespace dotmoe
