#include "model/packed_transformer.h"

#include <gtest/gtest.h>

#include "support/tiny_model.h"

namespace dotmoe {
namespace {

using test::difference;
using test::tiny_config;
using test::tiny_tokens;

class PackedTransformerTest : public testing::Test {
  protected:
    at::Tensor hidden(const at::Tensor& tokens, KvCache& cache) const {
        return packed_.hidden({{tokens, &cache}}, ffn_);
    }

    Transformer plain_ = test::tiny_transformer();
    PackedTransformer packed_{plain_.config(), plain_.weights(), WeightFormat::fp32};
    // The dense layers by ATen: only the rest is under test.
    RowsFeedForward ffn_ = [this](const float* x, std::int64_t tokens, float* y, std::int64_t layer) {
        const auto in = at::from_blob(const_cast<float*>(x), {tokens, plain_.config().width}, at::kFloat);
        at::from_blob(y, in.sizes(), at::kFloat).copy_(plain_.dense()(in, layer));
    };
};

TEST_F(PackedTransformerTest, EqualsTheTransformerOnAWholeText) {
    const auto tokens = tiny_tokens(tiny_config(), 1, 40);
    KvCache cache;
    const auto expected = plain_.hidden(tokens, plain_.dense())[0], found = hidden(tokens[0], cache);
    EXPECT_LT(difference(found, expected), 2e-5);
    EXPECT_LT(difference(packed_.logits(found), plain_.logits(expected)), 1e-4);
}

TEST_F(PackedTransformerTest, PiecesOfATextEqualTheWhole) {
    const auto tokens = tiny_tokens(tiny_config(), 1, 64)[0];
    KvCache whole_cache, cache;
    const auto whole = hidden(tokens, whole_cache);
    std::vector<at::Tensor> pieces;
    std::int64_t first = 0;
    for (const std::int64_t count : {5, 1, 1, 20, 1, 30, 1, 1, 1, 1, 1, 1}) {
        pieces.push_back(hidden(tokens.narrow(0, first, count), cache));
        first += count;
    }
    EXPECT_LT(difference(at::cat(pieces), whole), 2e-5);
}

TEST_F(PackedTransformerTest, TokenByTokenPastTheBlockOfOnePosition) {
    auto config = tiny_config();
    config.context = 256;
    const auto tokens = tiny_tokens(config, 1, 150);
    const auto expected = plain_.hidden(tokens, plain_.dense())[0];
    KvCache cache;
    for (std::int64_t t = 0; t < tokens.size(1); ++t)
        EXPECT_LT(difference(hidden(tokens[0].narrow(0, t, 1), cache)[0], expected[t]), 5e-5) << t;
}

TEST(PackedFamilies, EqualTheTransformerInPiecesAndWhole) {
    for (const auto& config : test::tiny_families()) {
        const auto plain = test::tiny_transformer(config);
        const PackedTransformer packed(config, plain.weights(), WeightFormat::fp32);
        const RowsFeedForward ffn = [&](const float* x, std::int64_t count, float* y, std::int64_t layer) {
            const auto in = at::from_blob(const_cast<float*>(x), {count, config.width}, at::kFloat);
            at::from_blob(y, in.sizes(), at::kFloat).copy_(plain.dense()(in, layer));
        };
        const auto tokens = tiny_tokens(config, 1, 130);
        const auto expected = plain.hidden(tokens, plain.dense())[0];
        KvCache whole, cache, plain_cache;
        EXPECT_LT(difference(packed.hidden({{tokens[0], &whole}}, ffn), expected), 5e-5)
            << config.architecture;
        std::int64_t first = 0;
        for (const std::int64_t count : {50, 1, 1, 1, 37, 1, 39}) {
            const auto piece = tokens.narrow(1, first, count), rows = expected.narrow(0, first, count);
            EXPECT_LT(difference(packed.hidden({{piece[0], &cache}}, ffn), rows), 5e-5)
                << config.architecture;
            EXPECT_LT(difference(plain.hidden(piece, plain.dense(), &plain_cache)[0], rows), 5e-5);
            first += count;
        }
    }
}

TEST_F(PackedTransformerTest, InBf16IsNear) {
    const auto tokens = tiny_tokens(tiny_config(), 1, 12);
    const PackedTransformer rough(plain_.config(), plain_.weights(), WeightFormat::bf16);
    KvCache cache;
    const auto expected = plain_.hidden(tokens, plain_.dense())[0];
    const auto found = rough.hidden({{tokens[0], &cache}}, ffn_);
    EXPECT_GT(difference(found, expected), 1e-5);
    EXPECT_LT(((found - expected).norm() / expected.norm()).item<double>(), 0.02);
    EXPECT_EQ(rough.bytes_per_token() * 2, packed_.bytes_per_token());
}

}  // namespace
}  // namespace dotmoe
