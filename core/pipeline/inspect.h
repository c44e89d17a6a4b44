// What a file is, and what converting it would take. No torch in this header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "align/recipe.h"
#include "model/config.h"

namespace dotmoe {

struct TensorSummary {
    std::string name, type;
    std::vector<std::int64_t> shape;
    std::int64_t bytes = 0;
};

struct ModelSummary {
    std::filesystem::path path;
    std::string format;  ///< "GGUF v3", "safetensors, 2 shards"
    ModelConfig config;
    std::int64_t parameters = 0, ffn_parameters = 0, file_bytes = 0;
    std::vector<TensorSummary> tensors;
    std::string refusal;  ///< empty when it can be converted; else why not and what is needed
};

/// Reads headers only. Throws Error on a file that is no model at all.
ModelSummary inspect(const std::filesystem::path& model);

/// Predicted cost of a conversion (the dry-run card).
struct CostEstimate {
    std::int64_t memory_bytes = 0, disk_bytes = 0;
    double seconds = 0;             ///< from a short matrix-product probe on this machine
    std::int64_t train_tokens = 0;  ///< text needed, in tokens
    double active_neuron_share = 0, active_parameters = 0;
};

/// Throws UsageError when the layout does not fit the model.
CostEstimate estimate_cost(const ModelSummary& model, const Recipe& recipe, int threads);

void to_json(nlohmann::json& json, const ModelSummary& summary);
void to_json(nlohmann::json& json, const CostEstimate& estimate);

}  // namespace dotmoe
