// A vocabulary small enough to merge by hand.
#pragma once

#include <initializer_list>
#include <string>

#include "text/byte_alphabet.h"
#include "text/tokenizer.h"

namespace dotmoe {

/// Ids 0 to 255 are the bytes; then the results of the merges, in order; then "<end>" as a control token.
inline Vocabulary toy_vocabulary(std::initializer_list<std::string> merges,
                                 const std::string& pre_tokenizer = "smollm") {
    Vocabulary vocabulary;
    vocabulary.pre_tokenizer = pre_tokenizer;
    for (int byte = 0; byte < 256; ++byte)
        vocabulary.tokens.push_back(byte_to_printable(static_cast<unsigned char>(byte)));
    for (const auto& merge : merges) {
        vocabulary.merges.push_back(merge);
        auto joined = merge;
        joined.erase(joined.find(' '), 1);
        vocabulary.tokens.push_back(joined);
    }
    vocabulary.tokens.emplace_back("<end>");
    vocabulary.kinds.assign(vocabulary.tokens.size(), TokenKind::normal);
    vocabulary.kinds.back() = TokenKind::control;
    vocabulary.eos = static_cast<TokenId>(vocabulary.tokens.size() - 1);
    return vocabulary;
}

}  // namespace dotmoe
