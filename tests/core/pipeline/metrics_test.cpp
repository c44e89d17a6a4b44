#include "pipeline/metrics.h"

#include <gtest/gtest.h>

namespace dotmoe {
namespace {

Metrics example() {
    Metrics metrics;
    metrics.method = "weights";
    metrics.dense = Quality{17.2, 0.4, 0, 1};
    metrics.random_layerwise = Quality{648, 12, 3.1, 0.3};
    metrics.layerwise = Quality{201, 5, 2.2, 0.4};
    metrics.converted = Quality{96, 2, 1.7, 0.5};
    metrics.layers = {{.error = 0.3,
                       .load_max = 2.5,
                       .dead = 1,
                       .greedy_gap = 0.01,
                       .random_error = 0.4,
                       .dropped = 0,
                       .layerwise_error = 0.35},
                      {.error = 0.2, .load_max = 1.5, .dead = 0, .greedy_gap = 0.02, .random_error = {}}};
    metrics.active_parameters = 7e7;
    metrics.dense_parameters = 1.3e8;
    metrics.active_neuron_share = 0.25;
    metrics.speed = RuntimeSpeed{{400, 60}, {600, 90}, 2};
    metrics.seed = 3;
    return metrics;
}

// The keys are an interface: scripts read them.
TEST(Metrics, JsonHasTheDocumentedKeys) {
    const nlohmann::json json = example();
    EXPECT_EQ(json.at("perplexity").at("dense"), 17.2);
    EXPECT_EQ(json.at("perplexity").at("converted"), 96);
    EXPECT_EQ(json.at("perplexity").at("layerwise"), 201);
    EXPECT_EQ(json.at("perplexity").at("random_layerwise"), 648);
    EXPECT_EQ(json.at("perplexity").at("stderr"), 2);
    EXPECT_EQ(json.at("method"), "weights");
    EXPECT_EQ(json.at("kl"), 1.7);
    EXPECT_EQ(json.at("top1"), 0.5);
    for (const auto* key : {"active_parameters", "layers", "peak_memory_bytes", "seconds", "seed", "version"})
        EXPECT_TRUE(json.contains(key)) << key;
    EXPECT_EQ(json.at("speed").at("dense").at("prompt"), 400);
    EXPECT_EQ(json.at("speed").at("converted").at("generation"), 90);
    for (const auto* key : {"error", "load_max", "dead", "greedy_gap", "dropped"})
        EXPECT_TRUE(json.at("layers")[0].contains(key)) << key;
}

TEST(Metrics, JsonRoundTrip) {
    const nlohmann::json json = example();
    EXPECT_EQ(nlohmann::json(json.get<Metrics>()), json);
    Metrics dense_only;
    dense_only.dense = Quality{17, 1, 0, 1};
    const nlohmann::json small = dense_only;
    EXPECT_FALSE(small.at("perplexity").contains("converted"));
    EXPECT_EQ(nlohmann::json(small.get<Metrics>()), small);
}

TEST(Metrics, TableShowsEveryStageAndLayer) {
    const auto table = format_table(example());
    for (const auto* text :
         {"17.20", "648.00", "201.00", "96.00", "random split", "weights, layer-wise", "25.0 %",
          "70.0 M of 130.0 M", "prompt 600 tokens/s, x1.50 of dense; generation 90 tokens/s, x1.50 of dense"})
        EXPECT_NE(table.find(text), std::string::npos) << text << "\n" << table;
    EXPECT_EQ(table.find("dropped"), std::string::npos);
    auto bounded = example();
    bounded.layers[0].dropped = 0.05;
    EXPECT_NE(format_table(bounded).find("dropped by the capacity factor: 2.50 %"), std::string::npos);
}

}  // namespace
}  // namespace dotmoe
