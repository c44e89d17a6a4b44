#include "export/tokenizer_json.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"
#include "export/json_text.h"
#include "export/tokenizer_check.h"
#include "support/temporary_folder.h"

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

TEST(TokenizerCheck, SeesEveryChange) {
    const TemporaryFolder folder;
    const auto file = folder.path() / "tokenizer.json";
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
    refused(nlohmann::json::array());
    refused({{"model", {{"vocab", 5}}}});
}

}  // namespace
}  // namespace dotmoe
