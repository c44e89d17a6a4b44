// A few steps of the global phase on a real model, timed, for `dotmoe bench train`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>

#include "align/recipe.h"
#include "base/device.h"

namespace dotmoe {

struct TrainBench {
    std::filesystem::path model;  ///< dense: a GGUF file or a Hugging Face folder
    Recipe recipe;                ///< its distill.steps are timed, after one that warms up
    DeviceChoice device = DeviceChoice::automatic;
};

struct TrainFigures {
    std::int64_t steps = 0, step_tokens = 0;
    double step_seconds = 0, tokens_per_second = 0;  ///< of the median step
    double transport_share = 0;          ///< of the steps' time: Sinkhorn, rounding and their gradient
    double sinkhorn_iterations = 0;      ///< a solve, on average
    std::int64_t peak_memory_bytes = 0;  ///< of the process
};

/// On tokens drawn at random, from a random split and random routers, at the recipe's last temperature: what
/// a step costs does not depend on them, only the number of Sinkhorn iterations does. Throws Error,
/// UsageError.
TrainFigures bench_train(const TrainBench& bench);

void to_json(nlohmann::json& json, const TrainFigures& figures);

}  // namespace dotmoe
