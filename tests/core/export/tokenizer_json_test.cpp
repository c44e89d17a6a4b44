#include "export/tokenizer_json.h"

#include <gtest/gtest.h>

#include <array>

#include "base/error.h"
#include "base/files.h"
#include "export/json_text.h"
#include "export/tokenizer_check.h"
#include "formats/gguf_writer.h"
#include "support/temporary_folder.h"
#include "text/gguf_vocabulary.h"

// That the ids are right is tests/interop/test_export.py's, with the tokenizers package.
namespace dotmoe {
namespace {

Vocabulary small() {
    Vocabulary vocabulary;
    vocabulary.tokens = {"<s>", "<t>", "a", "b", "ab"};
    vocabulary.kinds = {TokenKind::control, TokenKind::user_defined, TokenKind::normal, TokenKind::normal,
                        TokenKind::normal};
    vocabulary.merges = {"a b"};
    vocabulary.pre_tokenizer = "gpt-2";
    vocabulary.bos = 0;
    return vocabulary;
}

/// Merges make "ab" before "aba"; 256 bytes are not needed for what is tested here.
Vocabulary small_sentencepiece(SpacePrefix prefix) {
    Vocabulary vocabulary;
    vocabulary.model = TokenizerModel::sentencepiece;
    vocabulary.tokens = {"<unk>", "<s>", "\u2581", "a", "b", "ab", "aba", "<0x41>"};
    vocabulary.kinds.assign(8, TokenKind::normal);
    vocabulary.kinds[1] = TokenKind::control;
    vocabulary.kinds[7] = TokenKind::byte;
    vocabulary.merges = {"a b", "ab a"};
    vocabulary.space_prefix = prefix;
    vocabulary.unknown = 0;
    return vocabulary;
}

constexpr std::array prefixes{SpacePrefix::none, SpacePrefix::first, SpacePrefix::every};

TEST(TokenizerJson, HoldsEveryTokenAndMerge) {
    const auto json = tokenizer_json(small());
    EXPECT_EQ(json["model"]["vocab"],
              (nlohmann::json{{"<s>", 0}, {"<t>", 1}, {"a", 2}, {"b", 3}, {"ab", 4}}));
    EXPECT_EQ(json["model"]["merges"], nlohmann::json::array({"a b"}));
    EXPECT_TRUE(json["model"]["unk_token"].is_null());
    ASSERT_EQ(json["added_tokens"].size(), 2U);
    EXPECT_EQ(json["added_tokens"][0]["special"], true);
    EXPECT_EQ(json["added_tokens"][1]["special"], false);
}

TEST(TokenizerJson, AddsBosOnlyWhereTheSourceDoes) {
    auto vocabulary = small();
    EXPECT_TRUE(tokenizer_json(vocabulary)["post_processor"].is_null());
    vocabulary.add_bos = true;
    EXPECT_EQ(tokenizer_json(vocabulary)["post_processor"]["single"][0]["SpecialToken"]["id"], "<s>");
}

TEST(TokenizerJson, RefusesWhatItCannotWrite) {
    auto vocabulary = small();
    vocabulary.pre_tokenizer = "qwen9";
    EXPECT_THROW(tokenizer_json(vocabulary), Error);
    vocabulary = small();
    vocabulary.tokens[4] = "a";
    EXPECT_THROW(tokenizer_json(vocabulary), Error);
    vocabulary = small();
    vocabulary.eos = 5;
    EXPECT_THROW(special_tokens_map_json(vocabulary), Error);
    vocabulary = small();
    vocabulary.tokens[2] = "\xff";
    EXPECT_THROW(json_text(tokenizer_json(vocabulary), "tokenizer.json"), Error);
}

TEST(TokenizerJson, SentencePieceFallsBackToBytes) {
    for (const auto prefix : prefixes) {
        const auto json = tokenizer_json(small_sentencepiece(prefix));
        EXPECT_EQ(json["model"]["byte_fallback"], true);
        EXPECT_EQ(json["model"]["unk_token"], "<unk>");
        EXPECT_EQ(json["normalizer"].is_null(), prefix == SpacePrefix::first);
        EXPECT_EQ(json["pre_tokenizer"].is_null(), prefix != SpacePrefix::first);
        EXPECT_EQ(json["decoder"]["decoders"].size(), prefix == SpacePrefix::none ? 3U : 4U);
    }
}

TEST(TokenizerCheck, SeesAnotherSentencePiece) {
    const TemporaryFolder folder;
    write_file_atomically(folder.path() / "config.json", "{}");
    for (const auto prefix : prefixes) {
        const auto vocabulary = small_sentencepiece(prefix);
        write_file_atomically(folder.path() / "tokenizer.json", tokenizer_json(vocabulary).dump());
        EXPECT_NO_THROW(check_tokenizer(folder.path(), vocabulary));
        for (const auto other : prefixes) {
            if (other == prefix) continue;
            EXPECT_THROW(check_tokenizer(folder.path(), small_sentencepiece(other)), Error);
        }
        auto changed = vocabulary;
        changed.merges = {"a b"};
        EXPECT_THROW(check_tokenizer(folder.path(), changed), Error);
        changed = vocabulary;
        changed.unknown = 1;
        EXPECT_THROW(check_tokenizer(folder.path(), changed), Error);
        changed = small();
        EXPECT_THROW(check_tokenizer(folder.path(), changed), Error);
    }
}

// Scores say in which order tokens are made, not by which merge.
TEST(TokenizerCheck, TakesScoresForMerges) {
    const TemporaryFolder folder;
    const auto file = folder.path() / "vocabulary.gguf";
    const auto vocabulary = small_sentencepiece(SpacePrefix::every);
    GgufMetadata metadata{{"general.architecture", "llama"}};
    add_vocabulary(metadata, vocabulary);
    gguf::write(file, metadata, {});
    EXPECT_NO_THROW(check_tokenizer(file, vocabulary));
    auto changed = vocabulary;
    changed.merges = {"a b"};
    EXPECT_NO_THROW(check_tokenizer(file, changed));
    changed.merges = {"ab a", "a b"};
    EXPECT_THROW(check_tokenizer(file, changed), Error);
}

TEST(TokenizerCheck, SeesEveryChange) {
    const TemporaryFolder folder;
    const auto file = folder.path() / "tokenizer.json";
    write_file_atomically(folder.path() / "config.json", "{}");
    const auto refused = [&](const nlohmann::json& json) {
        write_file_atomically(file, json.dump());
        EXPECT_THROW(check_tokenizer(folder.path(), small()), Error) << json.dump();
    };
    auto json = tokenizer_json(small());
    write_file_atomically(file, json.dump());
    EXPECT_NO_THROW(check_tokenizer(folder.path(), small()));
    std::swap(json["model"]["vocab"]["a"], json["model"]["vocab"]["b"]);
    refused(json);
    json = tokenizer_json(small());
    json["model"]["vocab"].erase("a");
    refused(json);
    json = tokenizer_json(small());
    json["model"]["merges"] = {"b a"};
    refused(json);
    json = tokenizer_json(small());
    json["added_tokens"].erase(0);
    refused(json);
    json = tokenizer_json(small());
    json["pre_tokenizer"] = {
        {"type", "Sequence"},
        {"pretokenizers", {{{"type", "Digits"}, {"individual_digits", true}}, json["pre_tokenizer"]}}};
    refused(json);
    refused(nlohmann::json::array());
    refused({{"model", {{"vocab", 5}}}});
}

}  // namespace
}  // namespace dotmoe
