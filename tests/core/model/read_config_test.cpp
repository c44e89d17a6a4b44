#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "base/error.h"
#include "model/load.h"
#include "support/tiny_file.h"

namespace dotmoe {
namespace {

using test::GgufParts;
using test::TinyFile;

TEST(ReadConfig, GivesTheShapeThatWasWritten) {
    const TinyFile file;
    const auto config = read_config(gguf::File(file.path())), expected = test::tiny_file_config();
    EXPECT_EQ(config.architecture, "llama");
    EXPECT_EQ(config.layers, expected.layers);
    EXPECT_EQ(config.width, expected.width);
    EXPECT_EQ(config.neurons, expected.neurons);
    EXPECT_EQ(config.heads, expected.heads);
    EXPECT_EQ(config.kv_heads, expected.kv_heads);
    EXPECT_EQ(config.head_width, expected.head_width);
    EXPECT_EQ(config.vocabulary, expected.vocabulary);
    EXPECT_EQ(config.context, expected.context);
    EXPECT_EQ(config.rope_base, expected.rope_base);
    EXPECT_FLOAT_EQ(static_cast<float>(config.norm_epsilon), static_cast<float>(expected.norm_epsilon));
    EXPECT_FALSE(config.tied_embeddings);
}

TEST(ReadConfig, TheRealModel) {
    const auto config = read_config(gguf::File(DOTMOE_DEPS "/model/SmolLM2-135M-Instruct.Q4_1.gguf"));
    EXPECT_EQ(config.layers, 30);
    EXPECT_EQ(config.width, 576);
    EXPECT_EQ(config.neurons, 1536);
    EXPECT_EQ(config.heads, 9);
    EXPECT_EQ(config.kv_heads, 3);
    EXPECT_EQ(config.head_width, 64);
    EXPECT_EQ(config.vocabulary, 49152);
    EXPECT_EQ(config.rope_base, 1e5);
    EXPECT_TRUE(config.tied_embeddings);
}

TEST(ReadConfig, DefaultsOfTheFormatFillWhatIsLeftOut) {
    const TinyFile file;
    file.rewrite([](GgufParts& parts) {
        for (const auto* key : {"attention.key_length", "attention.value_length", "rope.dimension_count",
                                "rope.freq_base", "vocab_size"})
            parts.erase(std::string("llama.") + key);
    });
    const auto config = read_config(gguf::File(file.path()));
    EXPECT_EQ(config.head_width, 8);
    EXPECT_EQ(config.rope_base, 10000);
    EXPECT_EQ(config.vocabulary, 258);
}

TEST(ReadConfig, ScalingAndWindows) {
    const TinyFile file;
    file.rewrite([](GgufParts& parts) {
        parts.set("llama.rope.scaling.type", std::string("linear"));
        parts.set("llama.rope.scaling.factor", 4.0);
        parts.set("llama.attention.sliding_window", std::uint64_t{16});
        parts.set("llama.attention.sliding_window_pattern", std::vector<bool>{true, false, true});
    });
    const auto config = read_config(gguf::File(file.path()));
    EXPECT_EQ(config.rope_divisors, std::vector<double>(4, 4.0));
    EXPECT_EQ(config.windows, (std::vector<std::int64_t>{16, 0, 16}));
}

struct Refusal {
    std::string name, message;
    std::function<void(GgufParts&)> change;
};

void PrintTo(const Refusal& refusal, std::ostream* out) {
    *out << refusal.name;
}

class ReadConfigRefuses : public ::testing::TestWithParam<Refusal> {};

TEST_P(ReadConfigRefuses, InOneClearLine) {
    const TinyFile file;
    file.rewrite(GetParam().change);
    try {
        read_config(gguf::File(file.path()));
        FAIL() << "accepted";
    } catch (const Error& error) {
        const std::string what = error.what();
        EXPECT_THAT(what, ::testing::HasSubstr(GetParam().message));
        EXPECT_THAT(what, ::testing::HasSubstr(file.path().filename().string())) << "the file is named";
        EXPECT_EQ(what.find('\n'), std::string::npos);
    }
}

std::string test_name(const ::testing::TestParamInfo<Refusal>& parameter) {
    std::string name = parameter.param.name;
    std::ranges::replace(name, '-', '_');
    return name;
}

Refusal architecture(const std::string& name, const std::string& message) {
    return {name, message, [name](GgufParts& parts) { parts.set("general.architecture", name); }};
}

Refusal number(const std::string& name, const std::string& key, const gguf::Value& value,
               const std::string& message) {
    return {name, message, [key, value](GgufParts& parts) { parts.set(key, value); }};
}

Refusal change(const std::string& name, const std::string& message, std::function<void(GgufParts&)> how) {
    return {name, message, std::move(how)};
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, ReadConfigRefuses,
    ::testing::Values(architecture("bert", "encoder"), architecture("nomic-bert", "encoder"),
                      architecture("t5", "encoder"), architecture("mamba", "architecture 'mamba'"),
                      number("Mixture", "llama.expert_count", std::uint64_t{8}, "mixture of 8 experts"),
                      change("ExpertTensors", "mixture",
                             [](GgufParts& parts) {
                                 parts.copy_tensor("blk.0.ffn_up.weight", "blk.0.ffn_up_exps.weight");
                             }),
                      number("Parts", "split.count", std::uint64_t{3}, "one of 3 parts"),
                      change("NoGate", "no gate",
                             [](GgufParts& parts) { parts.erase_tensor("blk.0.ffn_gate.weight"); }),
                      change("NoArchitecture", "general.architecture",
                             [](GgufParts& parts) { parts.erase("general.architecture"); })),
    test_name);

INSTANTIATE_TEST_SUITE_P(
    Damage, ReadConfigRefuses,
    ::testing::Values(
        change("NoWidth", "llama.embedding_length",
               [](GgufParts& parts) { parts.erase("llama.embedding_length"); }),
        change("NoEpsilon", "layer_norm_rms_epsilon",
               [](GgufParts& parts) { parts.erase("llama.attention.layer_norm_rms_epsilon"); }),
        change("NoTensor", "blk.2.attn_k.weight",
               [](GgufParts& parts) { parts.erase_tensor("blk.2.attn_k.weight"); }),
        change("WrongShape", "blk.1.ffn_up.weight has shape [96, 16], the metadata ask for [48, 32]",
               [](GgufParts& parts) {
                   parts.tensor("blk.1.ffn_up.weight").shape = {96, 16};
               }),
        change("Bias", "blk.0.attn_q.bias",
               [](GgufParts& parts) { parts.copy_tensor("blk.0.attn_norm.weight", "blk.0.attn_q.bias"); }),
        change("RopeFactors", "rope_freqs.weight does not hold 4 positive factors",
               [](GgufParts& parts) { parts.copy_tensor("output_norm.weight", "rope_freqs.weight"); }),
        number("ZeroLayers", "llama.block_count", std::uint64_t{0}, "block_count is 0"),
        number("HugeLayers", "llama.block_count", std::uint64_t{1} << 60, "block_count"),
        number("MoreLayersThanTensors", "llama.block_count", std::uint64_t{2'000'000'000},
               "blk.3.attn_norm.weight"),
        number("Heads", "llama.attention.head_count_kv", std::uint64_t{3}, "4 heads cannot share 3"),
        number("OddHeads", "llama.attention.key_length", std::uint64_t{7}, "7 dimensions"),
        number("NegativeEpsilon", "llama.attention.layer_norm_rms_epsilon", -1.0, "a positive number"),
        number("TextForANumber", "llama.embedding_length", std::string("wide"), "embedding_length")),
    test_name);

INSTANTIATE_TEST_SUITE_P(
    Variants, ReadConfigRefuses,
    ::testing::Values(
        number("PartialRotation", "llama.rope.dimension_count", std::uint64_t{4}, "rope.dimension_count"),
        number("Yarn", "llama.rope.scaling.type", std::string("yarn"), "RoPE scaling"),
        number("NoLinearFactor", "llama.rope.scaling.type", std::string("linear"), "rope.scaling.factor"),
        number("OtherValues", "llama.attention.value_length", std::uint64_t{16}, "value_length"),
        change("WindowsOfOtherLayers", "2 values for 3 layers",
               [](GgufParts& parts) {
                   parts.set("llama.attention.sliding_window", std::uint64_t{16});
                   parts.set("llama.attention.sliding_window_pattern", std::vector<bool>{true, false});
               })),
    test_name);

}  // namespace
}  // namespace dotmoe
