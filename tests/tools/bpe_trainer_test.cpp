#include "make_toy/bpe_trainer.h"

#include <gtest/gtest.h>

#include "base/files.h"

namespace dotmoe {
namespace {

using Merges = std::vector<std::string>;

TEST(BpeTrainer, MergesTheMostFrequentPairFirst) {
    // Pairs within words: (l,o) 7, (o,w) 7, (w,e) 2, (e,r) 2; of (l,o) and (o,w) the first has the lower ids.
    // Then (lo,w).
    const auto vocabulary = train_byte_bpe("low low low low low lower lower", 2);
    EXPECT_EQ(vocabulary.merges, (Merges{"l o", "lo w"}));
    EXPECT_EQ(vocabulary.tokens[256], "lo");
    EXPECT_EQ(vocabulary.tokens[257], "low");
}

TEST(BpeTrainer, NeverMergesAcrossWordsOrDigits) {
    EXPECT_EQ(train_byte_bpe("a.b a.b 11 11 11", 100).merges.size(), 0U) << "no two bytes share a word twice";
    EXPECT_EQ(train_byte_bpe("x ab ab", 100).merges, (Merges{"Ġ a", "Ġa b"}));
}

TEST(BpeTrainer, RepeatedLettersAreMergedFromTheLeft) {
    // aaa is one word, twice: (a,a) counts four times, then (aa,a) twice.
    EXPECT_EQ(train_byte_bpe("aaa\naaa", 100).merges, (Merges{"a a", "aa a"}));
}

TEST(BpeTrainer, EndsWithTheEndOfText) {
    const auto vocabulary = train_byte_bpe("low low", 10);
    EXPECT_EQ(vocabulary.tokens.back(), "<|endoftext|>");
    EXPECT_EQ(vocabulary.kinds.back(), TokenKind::control);
    EXPECT_EQ(vocabulary.eos, static_cast<TokenId>(vocabulary.tokens.size() - 1));
    EXPECT_EQ(vocabulary.tokens.size(), 256 + vocabulary.merges.size() + 1);
}

TEST(BpeTrainer, TheTokenizerUsesEveryMergeAndGivesTheTextBack) {
    const std::string text = "the cat and the hat, the bat and the rat; naïve café, naïve café";
    const Tokenizer tokenizer(train_byte_bpe(text, 40));
    const auto ids = tokenizer.encode(text);
    EXPECT_EQ(tokenizer.decode(ids), text);
    EXPECT_LT(ids.size(), text.size() / 2);
    EXPECT_TRUE(train_byte_bpe("", 10).merges.empty());
}

}  // namespace
}  // namespace dotmoe
