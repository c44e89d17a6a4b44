// One FFN layer of any size, dense and converted, timed in each way that there is to compute it, for `dotmoe
// bench ffn`. Weights and routers are random: what a product takes does not depend on them.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "base/device.h"

namespace dotmoe {

struct FfnBench {
    std::int64_t width = 4096, neurons = 11008;            ///< D and N: a layer of Llama 2 7B
    std::vector<std::int64_t> expert_neurons = {128, 32};  ///< C, a layout each, none of them shared
    double active_share = 0.25;                            ///< of the experts, to the nearest one
    std::vector<std::int64_t> tokens = {1, 512, 4096};
    int repeats = 3;  ///< the best counts
    DeviceChoice device = DeviceChoice::automatic;
};

struct FfnFigures {
    /// "dense", "masked" or "grouped" of ATen on the device, "dense, CPU runtime" or "CPU runtime"; all with
    /// bf16 weights.
    std::string name;
    std::int64_t tokens = 0, expert_neurons = 0;  ///< C; N of a dense layer
    std::int64_t experts = 1, active = 1;         ///< E, k
    double seconds = 0;
    double speedup = 1;     ///< over the dense layer computed alike
    double peak_share = 0;  ///< products that a token needs, over what a large square product reaches
};

struct FfnReport {
    double peak = 0;  ///< of a square bf16 product on the device, flops a second
    std::vector<FfnFigures> rows;
};

/// Throws UsageError where a size is not positive or C does not divide N, Error without the device.
FfnReport bench_ffn(const FfnBench& bench);

void to_json(nlohmann::json& json, const FfnFigures& figures);
void to_json(nlohmann::json& json, const FfnReport& report);

}  // namespace dotmoe
