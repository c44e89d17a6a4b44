#include "align/schedule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace dotmoe {

double cosine_factor(std::int64_t step, std::int64_t total) {
    return 0.5 * (1 + std::cos(std::numbers::pi * static_cast<double>(step) / static_cast<double>(total)));
}

double annealed_temperature(std::int64_t step, std::int64_t total, double start, double end, double share) {
    const double steps = share * static_cast<double>(total);
    const double way = steps > 0 ? std::min(1.0, static_cast<double>(step) / steps) : 1.0;
    return start + (end - start) * way;
}

}  // namespace dotmoe
