#include "export/stock_config.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "support/temporary_folder.h"

namespace dotmoe {
namespace {

nlohmann::json granite() {
    return {{"architectures", {"GraniteMoeSharedForCausalLM"}},
            {"vocab_size", 100},
            {"hidden_size", 32},
            {"intermediate_size", 8},
            {"num_hidden_layers", 2},
            {"num_attention_heads", 4},
            {"num_key_value_heads", 2},
            {"num_local_experts", 5},
            {"num_experts_per_tok", 2},
            {"shared_intermediate_size", 8}};
}

StockConfig read(const nlohmann::json& json) {
    const TemporaryFolder folder;
    write_file_atomically(folder.path() / "config.json", json.dump());
    return read_stock_config(folder.path() / "config.json");
}

void expect_refused(const char* key, const nlohmann::json& value) {
    auto json = granite();
    json[key] = value;
    try {
        read(json);
        ADD_FAILURE() << key << " = " << value << " was accepted";
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("config.json"), std::string::npos) << error.what();
    }
}

// As in transformers' GraniteMoeSharedConfig: leaving attention_multiplier out is not 1/sqrt(head width).
TEST(StockConfig, DefaultsAreThoseOfTransformers) {
    const auto config = read(granite());
    EXPECT_EQ(config.attention_multiplier, 1.0);
    EXPECT_EQ(config.norm_epsilon, 1e-6);
    EXPECT_EQ(config.rope_base, 1e4);
    EXPECT_FALSE(config.tied_embeddings);
    auto json = granite();
    json["architectures"] = {"MixtralForCausalLM"};
    const auto mixtral = read(json);
    EXPECT_DOUBLE_EQ(mixtral.attention_multiplier, 1 / std::sqrt(8.0));
    EXPECT_EQ(mixtral.norm_epsilon, 1e-5);
    EXPECT_EQ(mixtral.rope_base, 1e6);
}

TEST(StockConfig, RefusesWhatItCannotRun) {
    expect_refused("architectures", {"LlamaForCausalLM"});
    expect_refused("architectures", "MixtralForCausalLM");
    expect_refused("vocab_size", nullptr);
    expect_refused("hidden_size", "32");
    expect_refused("hidden_size", 0);
    expect_refused("num_hidden_layers", std::int64_t{1} << 40);
    expect_refused("num_experts_per_tok", 6);
    expect_refused("num_key_value_heads", 3);
    expect_refused("num_attention_heads", 32);
    expect_refused("rope_scaling", {{"rope_type", "yarn"}});
    expect_refused("hidden_act", "gelu");
    expect_refused("attention_bias", 1);
    expect_refused("attention_multiplier", 0);
    expect_refused("attention_multiplier", "1");
    expect_refused("tie_word_embeddings", 1);
}

TEST(StockConfig, ReadsRopeScaling) {
    const auto divisors = [](const nlohmann::json& scaling) {
        auto json = granite();
        json["rope_scaling"] = scaling;
        return read(json).rope_divisors;
    };
    EXPECT_TRUE(divisors(nullptr).empty());
    EXPECT_EQ(divisors({{"rope_type", "linear"}, {"factor", 4}}), std::vector<double>(4, 4.0));
    const nlohmann::json llama3 = {{"rope_type", "llama3"},
                                   {"factor", 8.0},
                                   {"low_freq_factor", 1.0},
                                   {"high_freq_factor", 4.0},
                                   {"original_max_position_embeddings", 32}};
    const auto stretched = divisors(llama3);
    ASSERT_EQ(stretched.size(), 4U);
    EXPECT_EQ(stretched.front(), 1);
    EXPECT_EQ(stretched.back(), 8);
    nlohmann::json lists = {{"rope_type", "longrope"}, {"attention_factor", 1.0}};
    lists["short_factor"] = lists["long_factor"] = {1, 2, 3, 4};
    EXPECT_EQ(divisors(lists), (std::vector<double>{1, 2, 3, 4}));
    for (const auto& [key, value] : {std::pair<const char*, nlohmann::json>{"long_factor", {1, 2, 3, 5}},
                                     {"short_factor", {1, 2, 3}},
                                     {"short_factor", {1, 2, 3, "4"}},
                                     {"attention_factor", 1.2}}) {
        auto changed = lists;
        changed[key] = value;
        expect_refused("rope_scaling", changed);
    }
    expect_refused("rope_scaling", {{"rope_type", "linear"}});
    expect_refused("rope_scaling", {{"rope_type", "linear"}, {"factor", 0}});
    expect_refused("rope_scaling", "linear");
}

TEST(StockConfig, ReadsWindows) {
    auto mixtral = granite();
    mixtral["architectures"] = {"MixtralForCausalLM"};
    EXPECT_EQ(read(mixtral).window, 0);
    mixtral["sliding_window"] = 7;
    EXPECT_EQ(read(mixtral).window, 7);
    auto qwen = granite();
    qwen["architectures"] = {"Qwen3MoeForCausalLM"};
    qwen["num_experts"] = 5;
    qwen["moe_intermediate_size"] = 8;
    qwen["norm_topk_prob"] = true;
    qwen["sliding_window"] = 7;
    EXPECT_EQ(read(qwen).window, 0);
    qwen["use_sliding_window"] = true;
    EXPECT_THROW(read(qwen), Error);  // max_window_layers is 28 then: layers without a window
    qwen["max_window_layers"] = 0;
    EXPECT_EQ(read(qwen).window, 7);
}

TEST(StockConfig, RefusesWhatIsNoJson) {
    const TemporaryFolder folder;
    write_file_atomically(folder.path() / "config.json", "{\"vocab_size\": ");
    EXPECT_THROW(read_stock_config(folder.path() / "config.json"), Error);
}

}  // namespace
}  // namespace dotmoe
