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

TEST(StockConfig, RefusesWhatIsNoJson) {
    const TemporaryFolder folder;
    write_file_atomically(folder.path() / "config.json", "{\"vocab_size\": ");
    EXPECT_THROW(read_stock_config(folder.path() / "config.json"), Error);
}

}  // namespace
}  // namespace dotmoe
