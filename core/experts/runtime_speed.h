// Tokens a second of the CPU runtime, several models in one run. No torch in this header.
#pragma once

#include <cstdint>
#include <vector>

#include "evaluate/figures.h"

namespace dotmoe {

class Runtime;

struct SpeedTest {
    std::int64_t prompt = 512, tokens = 64;  ///< of each measurement; both begin with nothing read
    std::int64_t texts = 1;                  ///< generated at once
    int repeats = 2;                         ///< the best counts
};

/// Tokens are drawn at random from the vocabulary: what one costs does not depend on it. The models take
/// turns, so that what else the machine does meets all alike. Throws UsageError where a figure of the test is
/// not positive.
std::vector<Speed> measure_speed(const std::vector<const Runtime*>& models, std::int64_t vocabulary,
                                 const SpeedTest& test);

}  // namespace dotmoe
