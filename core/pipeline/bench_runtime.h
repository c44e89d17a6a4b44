// A prompt and a generation of the CPU runtime, timed, dense and converted in one run, for `dotmoe bench
// runtime`.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "experts/runtime_speed.h"
#include "model/weight_format.h"

namespace dotmoe {

struct RuntimeBench {
    std::filesystem::path model;                   ///< dense: a GGUF file or a Hugging Face folder
    std::vector<std::filesystem::path> converted;  ///< conversions of it
    WeightFormat weights = WeightFormat::bf16;
    SpeedTest speed = {.tokens = 128, .repeats = 3};
};

struct SpeedFigures {
    std::string name;                                     ///< "dense", or the conversion's folder
    std::int64_t expert_neurons = 0, active_neurons = 0;  ///< C, S + k C
    Speed speed = {};
    std::int64_t bytes_per_token = 0;  ///< weights read for one token
    double bandwidth_share = 0;        ///< of the memory's, by the generation of one text; 0 for several
    double kl = 0;  ///< mean KL(fp32 weights || these weights) on a fixed text, nats; 0 for fp32
};

struct RuntimeFigures {
    double bytes_per_second = 0;       ///< of memory, all threads reading
    std::vector<SpeedFigures> models;  ///< the dense one first
};

/// Throws Error, UsageError.
RuntimeFigures bench_runtime(const RuntimeBench& bench);

void to_json(nlohmann::json& json, const SpeedFigures& figures);
void to_json(nlohmann::json& json, const RuntimeFigures& figures);

}  // namespace dotmoe
