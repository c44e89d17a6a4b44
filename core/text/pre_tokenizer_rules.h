// The known ways to split a text into words, by the names that GGUF gives them.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace dotmoe {

struct PreTokenizerRule {
    std::string_view name;  ///< as in GGUF's tokenizer.ggml.pre
    /// Words are the matches of this regular expression, as tokenizer.json writes it; \s is Unicode's
    /// White_Space.
    std::string_view pattern;
    /// Every \p{N} is a word by itself, and `pattern` splits what lies between.
    bool digits_alone = false;
    bool nfc = false;            ///< the text is brought to Unicode's NFC first
    bool ignore_merges = false;  ///< a word that is a token by itself needs no merges
};

/// Names of one rule stand one after the other, the one to write first.
std::span<const PreTokenizerRule> pre_tokenizer_rules();

/// Throws Error on a name that is not known.
const PreTokenizerRule& pre_tokenizer_rule(std::string_view name);

/// The rule as one expression for PCRE2, whose \s is not White_Space: it also has U+180E.
std::string pcre_pattern(const PreTokenizerRule& rule);

}  // namespace dotmoe
