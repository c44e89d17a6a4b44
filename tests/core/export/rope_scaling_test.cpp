#include "export/rope_scaling.h"

#include <gtest/gtest.h>

#include <array>

#include "export/stock_rope.h"
#include "support/tiny_model.h"

namespace dotmoe {
namespace {

ModelConfig with(std::vector<double> divisors) {
    auto config = test::tiny_config();
    config.head_width = 64;
    config.rope_base = 500000;
    config.rope_divisors = std::move(divisors);
    return config;
}

std::vector<double> llama3(double factor, double low, double high, double context) {
    return llama3_rope_divisors({factor, low, high, context}, 500000, 64);
}

/// As a GGUF holds them.
std::vector<double> in_fp32(std::vector<double> divisors) {
    for (auto& each : divisors) each = static_cast<float>(each);
    return divisors;
}

TEST(RopeScaling, OneDivisorIsLinear) {
    EXPECT_EQ(linear_scaling(with({})), 1.0);
    EXPECT_EQ(linear_scaling(with(linear_rope_divisors(4, 64))), 4.0);
    EXPECT_FALSE(linear_scaling(with(llama3(8, 1, 4, 8192))));
    EXPECT_FALSE(llama3_scaling(with({})));
    EXPECT_FALSE(llama3_scaling(with(linear_rope_divisors(4, 64))));
}

TEST(RopeScaling, FindsLlama3AgainAlsoInFp32) {
    for (const double factor : {8.0, 32.0})
        for (const double context : {8192.0, 4096.0})
            for (const auto& divisors :
                 {llama3(factor, 1, 4, context), in_fp32(llama3(factor, 1, 4, context))}) {
                const auto found = llama3_scaling(with(divisors));
                ASSERT_TRUE(found);
                EXPECT_EQ(found->factor, factor);
                EXPECT_EQ(found->original_context, context);
            }
}

TEST(RopeScaling, AnotherScalingIsNotTakenForLlama3) {
    EXPECT_FALSE(llama3_scaling(with(llama3(8, 1, 8, 8192))));
    EXPECT_FALSE(llama3_scaling(with(llama3(8, 1, 4, 8000))));
    auto odd = llama3(8, 1, 4, 8192);
    odd[20] *= 1.001;
    EXPECT_FALSE(llama3_scaling(with(odd)));
}

// Two readings of transformers' rule: the reader's of sources and the judge's of exports.
TEST(StockRope, AgreesWithTheReaderOfSources) {
    for (const auto& [factor, low, high, context] :
         {std::array{8.0, 1.0, 4.0, 8192.0}, std::array{32.0, 0.5, 6.0, 1000.0}}) {
        const auto ours = llama3(factor, low, high, context);
        const auto stock = stock_llama3_divisors({factor, low, high, context}, 500000, 64);
        ASSERT_EQ(ours.size(), stock.size());
        for (std::size_t i = 0; i < ours.size(); ++i) EXPECT_NEAR(ours[i], stock[i], 1e-12 * ours[i]);
    }
}

}  // namespace
}  // namespace dotmoe
