// Closed forms on a toy vocabulary; the real one is compared with transformers in
// tests/interop/test_tokenizer.py.
#include "text/tokenizer.h"

#include <gtest/gtest.h>

#include <thread>

#include "core/text/toy_vocabulary.h"
#include "formats/gguf_writer.h"
#include "support/message_of.h"
#include "support/temporary_folder.h"

namespace dotmoe {
namespace {

using Ids = std::vector<TokenId>;

TEST(Tokenizer, MergesByRankThenFromTheLeft) {
    const Tokenizer tokenizer(toy_vocabulary({"b c", "a b", "a bc", "x x"}));
    const TokenId bc = 256, ab = 257, abc = 258, xx = 259;
    EXPECT_EQ(tokenizer.encode("abc"), Ids{abc});  // b c has the lower rank, then a bc
    EXPECT_EQ(tokenizer.encode("abab"), (Ids{ab, ab}));
    EXPECT_EQ(tokenizer.encode("bcb"), (Ids{bc, 'b'}));
    EXPECT_EQ(tokenizer.encode("xxx"), (Ids{xx, 'x'}));
    EXPECT_EQ(tokenizer.encode(""), Ids{});
}

TEST(Tokenizer, MergesNeverCrossWords) {
    const Tokenizer tokenizer(toy_vocabulary({"a \xC4\xA0", "\xC4\xA0 b"}));  // "a " and " b"
    EXPECT_EQ(tokenizer.encode("a b"), (Ids{'a', 257}));
}

TEST(Tokenizer, SmollmSetsDigitsApartAndGpt2DoesNot) {
    EXPECT_EQ(Tokenizer(toy_vocabulary({"1 2"}, "smollm")).encode("12"), (Ids{'1', '2'}));
    EXPECT_EQ(Tokenizer(toy_vocabulary({"1 2"}, "gpt-2")).encode("12"), Ids{256});
}

TEST(Tokenizer, SpecialTokensAreFoundInsideWordsAndDecodeAsWritten) {
    const Tokenizer tokenizer(toy_vocabulary({"a a"}));
    const TokenId end = 257;
    const auto ids = tokenizer.encode("a<end>a<end");
    EXPECT_EQ(ids, (Ids{'a', end, 'a', '<', 'e', 'n', 'd'}));
    EXPECT_EQ(tokenizer.decode(ids), "a<end>a<end");
}

TEST(Tokenizer, ARunOfMissingBytesIsOneUnknownTokenOrNone) {
    auto vocabulary = toy_vocabulary({"a a"});
    vocabulary.tokens[0x04] = vocabulary.tokens[0x06] = "(missing)";
    EXPECT_EQ(Tokenizer(vocabulary).encode("a\x04\x06x"), (Ids{'a', 'x'}));
    vocabulary.unknown = 257;
    EXPECT_EQ(Tokenizer(vocabulary).encode("a\x04\x06x"), (Ids{'a', 257, 'x'}));
}

TEST(Tokenizer, InvalidUtf8BecomesTheReplacementCharacter) {
    const Tokenizer tokenizer(toy_vocabulary({}));
    EXPECT_EQ(tokenizer.decode(tokenizer.encode("a\xffz")), "a\xef\xbf\xbdz");
}

TEST(Tokenizer, LongWordsAreNotQuadratic) {
    const Tokenizer tokenizer(toy_vocabulary({"a a", "aa aa", "aaaa aaaa"}));
    constexpr std::size_t length = 1 << 21;  // at n^2 steps this takes an hour
    EXPECT_EQ(tokenizer.encode(std::string(length, 'a')), Ids(length / 8, 258));
    EXPECT_EQ(tokenizer.decode(tokenizer.encode(std::string(length, ' '))), std::string(length, ' '));
}

TEST(Tokenizer, MayBeUsedFromSeveralThreads) {
    const Tokenizer tokenizer(toy_vocabulary({"a b", "ab ab"}));
    const std::string text = "abab ab 12 <end> ab";
    const auto expected = tokenizer.encode(text);
    std::vector<std::jthread> threads;
    threads.reserve(4);
    for (int thread = 0; thread < 4; ++thread)
        threads.emplace_back([&] {
            for (int i = 0; i < 200; ++i) ASSERT_EQ(tokenizer.encode(text), expected);
        });
}

TEST(Tokenizer, RefusesDamagedVocabularies) {
    const auto refusal = [](auto&& damage) {
        auto vocabulary = toy_vocabulary({"a b"});
        damage(vocabulary);
        return message_of([&] { Tokenizer tokenizer(std::move(vocabulary)); });
    };
    using V = Vocabulary;
    EXPECT_EQ(refusal([](V& v) { v.kinds.pop_back(); }), "the vocabulary has 258 tokens but 257 token types");
    EXPECT_EQ(refusal([](V& v) { v.merges[0] = "ab"; }), "merge 0 ('ab') is not two tokens");
    EXPECT_EQ(refusal([](V& v) { v.merges.push_back("a q"); }),
              "merge 1 ('a q') needs the token 'aq', which the vocabulary lacks");
    EXPECT_EQ(refusal([](V& v) { v.bos = 258; }),
              "special token 258 is outside the vocabulary of 258 tokens");
    EXPECT_EQ(refusal([](V& v) { v.pad = -1; }), "special token -1 is outside the vocabulary of 258 tokens");
    EXPECT_EQ(refusal([](V& v) { v.pre_tokenizer = "tekken"; }),
              "pre-tokenizer rule 'tekken' is not supported; known are gpt-2, default, smollm, starcoder, "
              "refact, command-r, llama-bpe, llama3, llama-v3, qwen2, deepseek-r1-qwen");
    EXPECT_EQ(refusal([](V& v) { v.tokens.clear(); }), "a vocabulary of 0 tokens cannot be used");
}

TEST(Tokenizer, RefusesIdsOutside) {
    const Tokenizer tokenizer(toy_vocabulary({}));
    EXPECT_EQ(message_of([&] { tokenizer.decode(Ids{257}); }),
              "token 257 is outside the vocabulary of 257 tokens");
    EXPECT_EQ(message_of([&] { tokenizer.decode(Ids{-1}); }),
              "token -1 is outside the vocabulary of 257 tokens");
}

class TokenizerFile : public ::testing::Test {
  protected:
    using Metadata = std::map<std::string, gguf::Value>;

    TokenizerFile() {
        const auto toy = toy_vocabulary({"a b"});
        metadata_ = {{"tokenizer.ggml.model", std::string("gpt2")},
                     {"tokenizer.ggml.tokens", toy.tokens},
                     {"tokenizer.ggml.merges", toy.merges},
                     {"tokenizer.ggml.pre", std::string("smollm")}};
    }
    std::shared_ptr<const Tokenizer> load() const {
        gguf::write(path(), {metadata_.begin(), metadata_.end()}, {});
        return Tokenizer::from_gguf(gguf::File(path()));
    }
    std::filesystem::path path() const { return folder_.path() / "toy.gguf"; }
    std::string refusal() const {
        const auto text = message_of([&] { load(); });
        const auto prefix = path().string() + ": ";
        return text.starts_with(prefix) ? text.substr(prefix.size()) : "(no file name) " + text;
    }

    TemporaryFolder folder_;
    Metadata metadata_;
};

TEST_F(TokenizerFile, ReadsEveryField) {
    metadata_["tokenizer.ggml.bos_token_id"] = std::uint64_t{1};
    metadata_["tokenizer.ggml.eos_token_id"] = std::uint64_t{2};
    metadata_["tokenizer.ggml.padding_token_id"] = std::uint64_t{3};
    metadata_["tokenizer.ggml.unknown_token_id"] = std::uint64_t{4};
    metadata_["tokenizer.ggml.add_bos_token"] = true;
    metadata_["tokenizer.chat_template"] = std::string("{{ messages }}");
    std::vector<std::int64_t> kinds(258, 1);
    kinds[257] = 3;
    metadata_["tokenizer.ggml.token_type"] = kinds;
    const auto tokenizer = load();
    const auto& vocabulary = tokenizer->vocabulary();
    EXPECT_EQ(vocabulary.bos, 1);
    EXPECT_EQ(vocabulary.eos, 2);
    EXPECT_EQ(vocabulary.pad, 3);
    EXPECT_EQ(vocabulary.unknown, 4);
    EXPECT_TRUE(vocabulary.add_bos);
    EXPECT_EQ(vocabulary.chat_template, "{{ messages }}");
    EXPECT_EQ(vocabulary.kinds.back(), TokenKind::control);
    EXPECT_EQ(tokenizer->encode("ab<end>"), (Ids{256, 257}));
}

TEST_F(TokenizerFile, OptionalFieldsMayBeMissing) {
    metadata_.erase("tokenizer.ggml.pre");
    const auto vocabulary = load()->vocabulary();
    EXPECT_EQ(vocabulary.pre_tokenizer, "default");
    EXPECT_EQ(vocabulary.bos, std::nullopt);
    EXPECT_FALSE(vocabulary.add_bos);
    EXPECT_EQ(vocabulary.chat_template, "");
}

TEST_F(TokenizerFile, NamesWhatIsMissing) {
    metadata_.erase("tokenizer.ggml.merges");
    EXPECT_EQ(refusal(), "metadata 'tokenizer.ggml.merges' is missing");
}

TEST_F(TokenizerFile, NamesTheModelThatIsNotSupported) {
    metadata_["tokenizer.ggml.model"] = std::string("bert");
    EXPECT_EQ(refusal(),
              "the tokenizer model 'bert' is not supported; byte-level BPE ('gpt2') and SentencePiece's "
              "('llama') are");
}

TEST_F(TokenizerFile, NamesTheWrongKind) {
    metadata_["tokenizer.ggml.tokens"] = std::string("all of them");
    EXPECT_EQ(refusal(),
              "metadata 'tokenizer.ggml.tokens' holds a string where an array of strings is needed");
}

TEST_F(TokenizerFile, NamesImpossibleTokenTypesAndIds) {
    metadata_["tokenizer.ggml.token_type"] = std::vector<std::int64_t>(258, 99);
    EXPECT_EQ(refusal(), "tokenizer.ggml.token_type holds 99, which is no token type");
    metadata_.erase("tokenizer.ggml.token_type");
    metadata_["tokenizer.ggml.bos_token_id"] = std::uint64_t{1} << 40;
    EXPECT_EQ(refusal(), "metadata 'tokenizer.ggml.bos_token_id' holds 1099511627776, which is no token");
    metadata_["tokenizer.ggml.bos_token_id"] = std::uint64_t{100'000};
    EXPECT_EQ(refusal(), "special token 100000 is outside the vocabulary of 258 tokens");
}

}  // namespace
}  // namespace dotmoe
