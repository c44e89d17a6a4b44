// SentencePiece's BPE (google/sentencepiece), as Llama 2 and Mistral have it: merges of characters over the
// whole text, where blanks are U+2581; characters without a token are spelt in bytes.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/bpe_merge.h"
#include "text/tokenizer.h"

namespace dotmoe {

/// SpacePrefix::first in a GGUF, which has no key of its own for it.
inline constexpr std::string_view kSpacePrefixOnce = "dotmoe.tokenizer.space_prefix_once";

class SentencePieceBpe {
  public:
    /// The vocabulary must outlive it, unmoved.
    SentencePieceBpe(const Vocabulary& vocabulary, MergeTable merges);

    /// Adds the ids of a piece between special tokens; `first` where the text begins with it.
    void encode(std::string_view piece, bool first, std::vector<TokenId>& ids) const;

  private:
    void spell(std::string_view character, std::vector<TokenId>& ids) const;

    const Vocabulary& vocabulary_;
    std::unordered_map<std::string_view, TokenId> ids_;  ///< of the tokens that are text
    std::array<TokenId, 256> bytes_;                     ///< of <0x00> to <0xFF>
    MergeTable merges_;
};

/// Text of a token: blanks for U+2581, the byte of <0x41>.
std::string sentencepiece_text(const std::string& token, TokenKind kind);

/// The byte of a token written as <0x41>.
std::optional<unsigned char> spelt_byte(std::string_view token);

/// Merges of a vocabulary that has scores instead: all pairs whose joined text is a token, highest score
/// first; of equal ones, by their ids.
std::vector<std::string> merges_by_score(const std::vector<std::string>& tokens,
                                         const std::vector<double>& scores);

/// Scores that give the merges back: of each token minus the rank of the first that makes it; of others the
/// least.
std::vector<double> sentencepiece_scores(const Vocabulary& vocabulary);

}  // namespace dotmoe
