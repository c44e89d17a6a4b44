// Short measurements of the transport engine on random problems, for `dotmoe bench`; tests/bench runs its
// peers.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>

#include "base/device.h"

namespace dotmoe {

/// A ~ N(0, 1) [neurons, columns], every column of the same capacity, fp32.
struct BenchProblem {
    std::int64_t neurons = 11008, columns = 86;
    double temperature = 0.1;
    int iterations = 50;  ///< of the plain solve
    int repeats = 5;  ///< of each measurement, more where they take less than half a second; the best counts
    std::uint64_t seed = 0;
    DeviceChoice device = DeviceChoice::automatic;
};

/// Seconds of a solve from cold, and the largest column error it leaves, over the capacity.
struct SolveFigures {
    double seconds = 0, residual = 0;
    int iterations = 0;
};

struct SinkhornFigures {
    SolveFigures plain;   ///< all iterations, as in the paper
    SolveFigures newton;  ///< to the residual of the plain solve, with Newton steps
    SolveFigures warm;    ///< the same after a training step's worth of change, from the last potentials
    double backward_seconds = 0;  ///< the implicit gradient
};
/// Both throw UsageError where the columns do not divide the neurons, or a count is less than 1.
SinkhornFigures bench_sinkhorn(const BenchProblem& problem);

struct RoundingTimes {
    double exact_seconds = 0;   ///< with its own prices
    double priced_seconds = 0;  ///< with the prices of a solve at the problem's temperature
    double greedy_seconds = 0;  ///< all scores sorted
    double greedy_gap = 0;      ///< METHOD §2
};
RoundingTimes bench_rounding(const BenchProblem& problem);

void to_json(nlohmann::json& json, const BenchProblem& problem);
void to_json(nlohmann::json& json, const SolveFigures& figures);
void to_json(nlohmann::json& json, const SinkhornFigures& figures);
void to_json(nlohmann::json& json, const RoundingTimes& figures);

}  // namespace dotmoe
