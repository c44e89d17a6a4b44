// What a conversion is judged by; the keys of metrics.json and of --json (DESIGN.md, command line). No torch
// here.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "evaluate/figures.h"
#include "pipeline/lineage.h"

namespace dotmoe {

struct LayerMetrics {
    double error = 0;       ///< |Y_hat - Y|^2 / |Y|^2 on held-out text, inputs and Y of the dense model
    double load_max = 0;    ///< heaviest expert over an even share, held-out text
    std::int64_t dead = 0;  ///< experts without a held-out token
    std::optional<double>
        greedy_gap;  ///< METHOD §2; absent where no affinity is at hand (eval of a conversion)
    std::optional<double> random_error;  ///< of a random split with the same ridge router
    double dropped = 0;                  ///< share of the tokens' choices that the capacity factor refused
    /// After the layer-wise phase, which is what random_error is to be compared with: recovery's weights make
    /// good what other layers lost, so that `error` may end above it.
    std::optional<double> layerwise_error = {};
};

/// Of the CPU runtime with bf16 weights, both in one run.
struct RuntimeSpeed {
    Speed dense, converted;
    int threads = 0;
};

/// JSON: method (of a conversion), perplexity {dense, random_layerwise, layerwise, converted, stderr}, kl and
/// top1 of the converted model, the stages in full under "stages", and the other fields by name.
struct Metrics {
    std::string method;  ///< name of the recipe's Method; empty for a dense model
    std::optional<Quality> dense, random_layerwise, layerwise;
    std::optional<Quality> aligned;    ///< after the global phase; absent where no recovery followed
    std::optional<Quality> fitted;     ///< after the output projections' fit; absent where no steps followed
    std::optional<Quality> converted;  ///< the result
    double active_parameters = 0;      ///< weights a token uses, routers included
    double dense_parameters = 0;
    double active_neuron_share = 0;     ///< (S + k C) / N
    std::optional<RuntimeSpeed> speed;  ///< absent where it was not measured
    std::vector<LayerMetrics> layers;
    std::int64_t peak_memory_bytes = 0;
    double seconds = 0;
    std::uint64_t seed = 0;
    std::string version;
    std::optional<Parent> parent;  ///< of a forked conversion; its seconds hold the parent's up to there
};

void to_json(nlohmann::json& json, const Metrics& metrics);
void from_json(const nlohmann::json& json, Metrics& metrics);
void to_json(nlohmann::json& json, const LayerMetrics& layer);
void from_json(const nlohmann::json& json, LayerMetrics& layer);
void to_json(nlohmann::json& json, const Quality& quality);
void from_json(const nlohmann::json& json, Quality& quality);

/// The table people read: one row a stage (dense, random split + ridge router, the method's layer-wise phase,
/// before recovery, its fit, converted), then a line a layer.
std::string format_table(const Metrics& metrics);

}  // namespace dotmoe
