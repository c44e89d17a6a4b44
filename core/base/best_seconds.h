// How long a job takes when nothing disturbs it.
#pragma once

#include <functional>

namespace dotmoe {

/// The shortest of `repeats` runs, and of as many more as `at_least` seconds hold: starting threads, filling
/// caches and other programs only ever make a run longer. A job for a GPU must wait for it.
double best_seconds(int repeats, const std::function<void()>& job, double at_least = 0);

}  // namespace dotmoe
