// Closed forms; the ids of whole texts are compared with the tokenizers package in tests/interop.
#include "text/sentencepiece_bpe.h"

#include <gtest/gtest.h>

namespace dotmoe {
namespace {

/// 0 <unk>, 1 and 2 the bytes of U+00E9, then "▁", "a", "b", "▁a", "ab", "▁ab", and "<end>".
Vocabulary small(SpacePrefix prefix) {
    Vocabulary vocabulary;
    vocabulary.model = TokenizerModel::sentencepiece;
    vocabulary.space_prefix = prefix;
    vocabulary.tokens = {"<unk>", "<0xC3>",  "<0xA9>", "\u2581",   "a",
                         "b",     "\u2581a", "ab",     "\u2581ab", "<end>"};
    vocabulary.kinds.assign(vocabulary.tokens.size(), TokenKind::normal);
    vocabulary.kinds[0] = TokenKind::unknown;
    vocabulary.kinds[1] = vocabulary.kinds[2] = TokenKind::byte;
    vocabulary.kinds[9] = TokenKind::control;
    vocabulary.unknown = 0;
    vocabulary.merges = {"a b", "\u2581 a", "\u2581 ab"};
    return vocabulary;
}

using Ids = std::vector<TokenId>;

TEST(SentencePieceBpe, MergesCharactersAcrossBlanks) {
    const Tokenizer tokenizer(small(SpacePrefix::none));
    EXPECT_EQ(tokenizer.encode("ab ab a"), (Ids{7, 8, 6}));
    EXPECT_EQ(tokenizer.decode(Ids{7, 8, 6}), "ab ab a");
    EXPECT_EQ(tokenizer.encode(""), Ids{});
}

TEST(SentencePieceBpe, PutsTheBlankWhereTheFileSays) {
    const auto ids = [](SpacePrefix prefix, std::string_view text) {
        return Tokenizer(small(prefix)).encode(text);
    };
    EXPECT_EQ(ids(SpacePrefix::none, "a<end>a"), (Ids{4, 9, 4}));
    EXPECT_EQ(ids(SpacePrefix::first, "a<end>a"), (Ids{6, 9, 4}));
    EXPECT_EQ(ids(SpacePrefix::every, "a<end>a"), (Ids{6, 9, 6}));
    EXPECT_EQ(ids(SpacePrefix::first, " a"), (Ids{6}));
    EXPECT_EQ(ids(SpacePrefix::every, " a"), (Ids{3, 6}));
    EXPECT_EQ(ids(SpacePrefix::first, "<end>a"), (Ids{9, 4}));
}

TEST(SentencePieceBpe, SpellsInBytesOrIsUnknown) {
    const Tokenizer tokenizer(small(SpacePrefix::none));
    EXPECT_EQ(tokenizer.encode("a\u00e9b"), (Ids{4, 1, 2, 5}));
    EXPECT_EQ(tokenizer.decode(Ids{4, 1, 2, 5}), "a\u00e9b");
    EXPECT_EQ(tokenizer.encode("a\u4e2d\u6587b"), (Ids{4, 0, 5})) << "one unknown for the run";
    EXPECT_EQ(tokenizer.encode("<0xC3>").size(), 1) << "its characters are unknown, not the byte";
}

TEST(SentencePieceBpe, ScoresGiveTheMergesBack) {
    const auto vocabulary = small(SpacePrefix::none);
    const auto scores = sentencepiece_scores(vocabulary);
    EXPECT_GT(scores[7], scores[6]);
    EXPECT_GT(scores[6], scores[8]);
    // "▁ab" is "▁" + "ab" and "▁a" + "b": a vocabulary with scores merges either.
    EXPECT_EQ(merges_by_score(vocabulary.tokens, scores),
              (std::vector<std::string>{"a b", "\u2581 a", "\u2581 ab", "\u2581a b"}));
}

}  // namespace
}  // namespace dotmoe
