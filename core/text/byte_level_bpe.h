// Byte-level BPE (GPT-2): a pre-tokenizer's words, each as bytes that merge.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "text/bpe_merge.h"
#include "text/pre_tokenizer.h"
#include "text/pre_tokenizer_rules.h"
#include "text/tokenizer.h"

namespace dotmoe {

class ByteLevelBpe {
  public:
    /// The vocabulary must outlive it, unmoved.
    ByteLevelBpe(const Vocabulary& vocabulary, MergeTable merges);

    /// Adds the ids of a piece between special tokens.
    void encode(std::string_view piece, std::vector<TokenId>& ids) const;

  private:
    void encode_word(std::string_view word, std::vector<TokenId>& ids, std::vector<TokenId>& scratch) const;

    const Vocabulary& vocabulary_;
    PreTokenizerRule rule_;
    PreTokenizer pre_tokenizer_;
    MergeTable merges_;
    std::array<TokenId, 256> bytes_{};
    std::unordered_map<std::string, TokenId> whole_words_;  ///< by their bytes, where the rule asks for them
};

}  // namespace dotmoe
