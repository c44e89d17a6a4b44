// Closed forms; on every character of Unicode the rule is compared with the tokenizers package in
// tests/interop.
#include "text/pre_tokenizer.h"

#include <gtest/gtest.h>

#include <vector>

namespace dotmoe {
namespace {

using Words = std::vector<std::string>;

Words split(std::string_view rule, std::string_view text) {
    const PreTokenizer tokenizer(rule);
    PreTokenizer::Cursor cursor(tokenizer, text);
    Words words;
    for (auto word = cursor.next(); !word.empty(); word = cursor.next()) words.emplace_back(word);
    return words;
}

TEST(PreTokenizer, Gpt2) {
    EXPECT_EQ(split("gpt-2", "I'll go, 12 times!"), (Words{"I", "'ll", " go", ",", " 12", " times", "!"}));
    EXPECT_EQ(split("gpt-2", "a   b"), (Words{"a", "  ", " b"}));
    EXPECT_EQ(split("gpt-2", "a  12"), (Words{"a", " ", " 12"}));
    EXPECT_EQ(split("gpt-2", "x\n\n"), (Words{"x", "\n\n"}));
}

TEST(PreTokenizer, DigitsAlone) {
    EXPECT_EQ(split("smollm", " 12 a1"), (Words{" ", "1", "2", " a", "1"}));
    EXPECT_EQ(split("smollm", "a  12"),
              (Words{"a", "  ", "1", "2"}));  // the digit ends the text for the lookahead
    EXPECT_EQ(split("smollm", "\u00b2\u2163"), (Words{"\u00b2", "\u2163"}));
    EXPECT_EQ(split("smollm", "a   b"), (Words{"a", "  ", " b"}));
}

TEST(PreTokenizer, Llama3TakesThreeDigitsAndQwen2One) {
    EXPECT_EQ(split("llama-bpe", "HE'LL pay 1234.5\r\n\n x"),
              (Words{"HE", "'LL", " pay", " ", "123", "4", ".", "5", "\r\n\n", " x"}));
    EXPECT_EQ(split("qwen2", "a 12 (b)!\n"), (Words{"a", " ", "1", "2", " (", "b", ")!\n"}));
}

TEST(PreTokenizer, TheMongolianVowelSeparatorIsNoBlank) {
    EXPECT_EQ(split("smollm", "a \u180eb"), (Words{"a", " \u180e", "b"}));
    EXPECT_EQ(split("smollm", "a\u3000\u0085"), (Words{"a", "\u3000\u0085"}));
}

TEST(PreTokenizer, SiblingsShareTheRule) {
    for (const auto* sibling : {"starcoder", "refact", "command-r"})
        EXPECT_EQ(split(sibling, "a  12b!"), split("smollm", "a  12b!")) << sibling;
    EXPECT_EQ(split("default", "a  12b!"), split("gpt-2", "a  12b!"));
}

TEST(PreTokenizer, EmptyText) {
    EXPECT_EQ(split("smollm", ""), Words{});
}

}  // namespace
}  // namespace dotmoe
