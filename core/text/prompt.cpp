#include "text/prompt.h"

namespace dotmoe {

Prompt encode_prompt(const Tokenizer& tokenizer, std::string_view text) {
    const auto& vocabulary = tokenizer.vocabulary();
    Prompt prompt{.ids = tokenizer.encode(text)};
    if (vocabulary.add_bos && vocabulary.bos) {
        prompt.ids.insert(prompt.ids.begin(), *vocabulary.bos);
        prompt.first = 1;
    }
    return prompt;
}

}  // namespace dotmoe
