#include "pipeline/parameters.h"

#include <gtest/gtest.h>

namespace dotmoe::parameters_test {
namespace {

// SmolLM2-135M: its model card's 134,515,008 parameters.
constexpr auto smollm2 = [] {
    ModelConfig config;
    config.layers = 30;
    config.width = 576;
    config.neurons = 1536;
    config.heads = 9;
    config.kv_heads = 3;
    config.head_width = 64;
    config.vocabulary = 49152;
    config.tied_embeddings = true;
    return config;
};

TEST(CountParameters, AgreesWithThePublishedCount) {
    EXPECT_EQ(count_parameters(smollm2(), Layout{}).dense, 134515008);
    EXPECT_EQ(count_parameters(smollm2(), Layout{}).ffn, 3.0 * 30 * 576 * 1536);
}

TEST(CountParameters, UntiedModelsHaveTheirOutputProjectionTwice) {
    auto config = smollm2();
    config.tied_embeddings = false;
    EXPECT_EQ(count_parameters(config, Layout{}).dense, 134515008 + 49152.0 * 576);
}

TEST(CountParameters, AllExpertsOnAreTheDenseModelAndTheRouters) {
    EXPECT_EQ(count_parameters(smollm2(), Layout{84, 84, 192}).active, 134515008 + 30.0 * 576 * 84);
}

TEST(CountParameters, RoutersOfProductKeysHaveAKeyForARowAndForAColumn) {
    const Layout layout{1344, 192, 192};
    const auto counts = count_parameters(smollm2(), layout, Method::peer);
    EXPECT_EQ(counts.active, counts.dense - 0.75 * counts.ffn + 30.0 * 576 * (32 + 42));
}

TEST(CountParameters, AQuarterOfTheNeuronsActive) {
    const auto counts = count_parameters(smollm2(), Layout{84, 12, 192});
    EXPECT_EQ(counts.active, counts.dense - 0.75 * counts.ffn + 30.0 * 576 * 84);
}

}  // namespace
}  // namespace dotmoe::parameters_test
