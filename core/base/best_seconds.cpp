#include "base/best_seconds.h"

#include <algorithm>
#include <limits>

#include "base/progress.h"

namespace dotmoe {

double best_seconds(int repeats, const std::function<void()>& job, double at_least) {
    double best = std::numeric_limits<double>::infinity();
    const ProgressMeter all(0);
    for (int i = 0; i < repeats || all.seconds() < at_least; ++i) {
        const ProgressMeter one(0);
        job();
        best = std::min(best, one.seconds());
    }
    return best;
}

}  // namespace dotmoe
