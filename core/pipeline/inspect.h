// What a file is, and what converting it would take. No torch in this header.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
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

/// Of a conversion, in order.
enum class CostPhase { load, judge, metric, layers, global, fit, recovery, finish };
std::string_view name_of(CostPhase phase);

/// A little of a phase, as it was run here.
struct CostSample {
    double seconds = 0;    ///< measured
    double predicted = 0;  ///< what was said of it

    double factor() const { return seconds / predicted; }
};

struct PhaseCost {
    CostPhase phase = CostPhase::load;
    double predicted = 0;                   ///< seconds, by its work and a short matrix-product probe
    std::optional<CostSample> sample = {};  ///< that corrects it; none where nothing was run

    double seconds() const { return predicted * (sample ? sample->factor() : 1); }
};

/// Predicted cost of a conversion (the dry-run card).
struct CostEstimate {
    std::int64_t memory_bytes = 0, disk_bytes = 0;
    std::vector<PhaseCost> phases;
    std::int64_t train_tokens = 0;  ///< text needed, in tokens
    double active_neuron_share = 0, active_parameters = 0;
    /// The run of its samples, where there was one (pipeline/measured_cost.h).
    struct Probe {
        double seconds = 0;
        std::int64_t memory_bytes = 0;  ///< that it was seen to reach
    };
    std::optional<Probe> probe = {};

    double seconds() const;
};

/// By counting, without reading the model. Throws UsageError when the layout does not fit the model.
CostEstimate estimate_cost(const ModelSummary& model, const Recipe& recipe, int threads);

void to_json(nlohmann::json& json, const ModelSummary& summary);
void to_json(nlohmann::json& json, const PhaseCost& phase);
void to_json(nlohmann::json& json, const CostEstimate& estimate);

}  // namespace dotmoe
