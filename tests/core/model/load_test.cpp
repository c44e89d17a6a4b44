#include "model/load.h"
#include "model/layer_stream.h"
#include "model/transformer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "base/error.h"
#include "support/tiny_file.h"

namespace dotmoe {
namespace {

using test::GgufParts;
using test::TinyFile;

const Compute kExact{at::kCPU, at::kFloat};

void expect_equal(const Weights& a, const Weights& b) {
    EXPECT_TRUE(at::equal(a.embedding, b.embedding));
    EXPECT_TRUE(at::equal(a.head, b.head));
    EXPECT_TRUE(at::equal(a.norm, b.norm));
    ASSERT_EQ(a.layers.size(), b.layers.size());
    for (std::size_t i = 0; i < a.layers.size(); ++i)
        for (const auto field : LayerWeights::fields()) {
            ASSERT_EQ((a.layers[i].*field).defined(), (b.layers[i].*field).defined()) << "layer " << i;
            if (!(a.layers[i].*field).defined()) continue;
            EXPECT_TRUE(at::equal(a.layers[i].*field, b.layers[i].*field)) << "layer " << i;
        }
}

void put_into(GgufParts& parts, const std::string& name, std::size_t index, float value) {
    auto& tensor = parts.tensor(name);
    tensor.data = [original = tensor.data, index, value] {
        auto bytes = original();
        std::memcpy(bytes.data() + index * sizeof(float), &value, sizeof(float));
        return bytes;
    };
}

TEST(LoadModel, ReadsBackWhatWasSaved) {
    const TinyFile file;
    const auto model = load_model(file.path(), kExact);
    expect_equal(model->weights, test::tiny_weights(test::tiny_file_config()));
    EXPECT_FALSE(model->weights.head.is_same(model->weights.embedding));
    EXPECT_EQ(model->tokenizer->size(), 258);
    EXPECT_EQ(model->path, file.path());
}

TEST(LoadModel, ReadsBackEveryFamily) {
    for (auto config : test::tiny_families()) {
        config.vocabulary = test::tiny_file_config().vocabulary;
        const TinyFile file(config);
        const auto model = load_model(file.path(), kExact);
        expect_equal(model->weights, test::tiny_weights(config));
        EXPECT_EQ(model->config.qkv_bias, config.qkv_bias);
        EXPECT_EQ(model->config.qk_norm, config.qk_norm);
        EXPECT_EQ(model->config.windows, config.windows);
        EXPECT_EQ(model->config.post_norms, config.post_norms);
        EXPECT_EQ(model->config.activation, config.activation);
        EXPECT_EQ(model->weights.layers[0].activation, config.activation);
        EXPECT_EQ(model->config.embedding_scale, config.embedding_scale);
        EXPECT_EQ(model->config.score_scale, config.score_scale);
        EXPECT_EQ(model->config.window_rope_base, config.window_rope_base);
        ASSERT_EQ(model->config.rope_divisors.size(), config.rope_divisors.size());
        for (std::size_t i = 0; i < config.rope_divisors.size(); ++i)
            EXPECT_FLOAT_EQ(model->config.rope_divisors[i], config.rope_divisors[i]);
    }
}

TEST(StreamModel, SaysWhatTheModelInMemorySays) {
    const TinyFile file;
    const auto held = load_model(file.path(), kExact), streamed = stream_model(file.path(), kExact);
    EXPECT_TRUE(streamed->weights.layers.empty());
    const auto tokens = at::tensor({3, 1, 4, 1, 5}, at::kLong).unsqueeze(0);
    const Transformer one(held->config, held->weights), other(streamed->config, streamed->weights);
    EXPECT_TRUE(at::equal(one.hidden(tokens, one.dense()), other.hidden(tokens, other.dense())));
}

TEST(StreamModel, KeepsTheLayerThatWasAskedForLast) {
    int made = 0, alive = 0, most = 0;
    Weights weights;
    weights.stream = std::make_shared<LayerStream>([&](std::int64_t index) {
        ++made;
        most = std::max(most, ++alive);
        static float value[1];
        LayerWeights layer;
        layer.gate = at::from_blob(value, {1}, [&](void*) { --alive; }).fill_(index);
        return layer;
    });
    for (const std::int64_t layer : {0, 0, 1, 1, 0, 2})
        EXPECT_EQ(weights.layer(layer).gate.item<float>(), static_cast<float>(layer));
    EXPECT_EQ(made, 4);
    EXPECT_EQ(most, 1);
}

TEST(LoadModel, TiedEmbeddingsAreOneTensor) {
    const TinyFile file(test::tiny_file_config(/*tied=*/true));
    EXPECT_EQ(gguf::File(file.path()).find("output.weight"), nullptr);
    const auto model = load_model(file.path(), kExact);
    EXPECT_TRUE(model->config.tied_embeddings);
    EXPECT_TRUE(model->weights.head.is_same(model->weights.embedding));
    expect_equal(model->weights, test::tiny_weights(test::tiny_file_config(true)));
}

TEST(LoadModel, QAndKRowsAreInterleavedInTheFileOnly) {
    const TinyFile file;
    const auto weights = test::tiny_weights(test::tiny_file_config());
    const gguf::File raw(file.path());
    const auto& stored = raw.at("blk.1.attn_q.weight");
    const auto* rows = reinterpret_cast<const float*>(stored.data.data());
    // In each head of 8: row 2i+j of the file is row 4j+i in half-split order.
    for (std::int64_t row = 0; row < 32; ++row) {
        const auto head = row / 8, i = row % 8 / 2, j = row % 2;
        EXPECT_EQ(rows[row * 32 + 5], weights.layers[1].query[head * 8 + j * 4 + i][5].item<float>()) << row;
    }
}

TEST(LoadModel, KeepsTheFormatAskedForWithNormsInFp32) {
    const TinyFile file;
    const auto model = load_model(file.path(), {at::kCPU, at::kBFloat16});
    EXPECT_EQ(model->weights.embedding.scalar_type(), at::kBFloat16);
    EXPECT_EQ(model->weights.layers[0].down.scalar_type(), at::kBFloat16);
    EXPECT_EQ(model->weights.layers[0].ffn_norm.scalar_type(), at::kFloat);
    EXPECT_EQ(model->weights.norm.scalar_type(), at::kFloat);
    EXPECT_FALSE(model->weights.embedding.requires_grad());
}

TEST(LoadModel, RefusesWeightsThatAreNotFinite) {
    for (const float bad :
         {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
        const TinyFile file;
        file.rewrite([&](GgufParts& parts) { put_into(parts, "blk.2.ffn_up.weight", 777, bad); });
        try {
            load_model(file.path(), kExact);
            FAIL() << "accepted " << bad;
        } catch (const Error& error) {
            EXPECT_THAT(error.what(), ::testing::HasSubstr(
                                          "blk.2.ffn_up.weight holds NaN or infinity in 1 of 1536 values"));
        }
    }
}

TEST(LoadModel, RefusesATokenizerOfAnotherSize) {
    const TinyFile file;
    file.rewrite([](GgufParts& parts) {
        auto tokens = toy_vocabulary({"a b", "ab c"});
        parts.set("tokenizer.ggml.tokens", tokens.tokens);
        parts.set("tokenizer.ggml.merges", tokens.merges);
        parts.set("tokenizer.ggml.token_type", std::vector<std::int64_t>(259, 1));
    });
    EXPECT_THROW(load_model(file.path(), kExact), Error);
}

}  // namespace
}  // namespace dotmoe
