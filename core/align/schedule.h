// Learning rate and temperature over the steps of a run (METHOD §6).
#pragma once

#include <cstdint>

namespace dotmoe {

/// Factor on the learning rate at `step` of `total`: half a cosine, 1 at the first step, towards 0 at the
/// end.
double cosine_factor(std::int64_t step, std::int64_t total);

/// tau at `step`: linear from `start` to `end` over the first `share` of the steps, `end` from then on.
double annealed_temperature(std::int64_t step, std::int64_t total, double start, double end, double share);

}  // namespace dotmoe
