#include "base/memory_bandwidth.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "base/progress.h"
#include "base/simd.h"

namespace dotmoe {
namespace {

DOTMOE_WIDEST_512 std::int32_t sum_of(const std::int32_t* values, std::int64_t count) {
    std::int32_t sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t i = 0; i < count; ++i) sum += values[i];
    return sum;
}

}  // namespace

double memory_bandwidth(std::size_t bytes, int repeats) {
    const auto count = static_cast<std::int64_t>(bytes / sizeof(std::int32_t));
    const auto values = at::zeros({count}, at::kInt);
    const auto* data = values.const_data_ptr<std::int32_t>();
    double best = 0;
    std::atomic<std::int32_t> total = 0;  // or the compiler would read nothing
    for (int i = 0; i < repeats; ++i) {
        const ProgressMeter clock(0);
        at::parallel_for(0, count, 1 << 16, [&](std::int64_t first, std::int64_t end) {
            total += sum_of(data + first, end - first);
        });
        best = std::max(best, static_cast<double>(bytes) / clock.seconds());
    }
    return total == 0 ? best : 0;
}

}  // namespace dotmoe
