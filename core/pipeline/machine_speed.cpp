#include "pipeline/machine_speed.h"

#include <ATen/core/grad_mode.h>

#include <functional>

#include "base/alignment_compute.h"
#include "base/best_seconds.h"

namespace dotmoe {
namespace {

/// Of a quarter of a second; the first run starts threads and packs weights.
double seconds_of(const std::function<void()>& job) {
    return best_seconds(2, job, 0.25);
}

/// Of products of [2048, D] and [D, N].
double product_flops(const ModelConfig& config, const Compute& compute) {
    constexpr std::int64_t tokens = 2048;
    const auto options = at::TensorOptions().device(compute.device).dtype(compute.dtype);
    const auto x = at::ones({tokens, config.width}, options),
               weight = at::ones({config.neurons, config.width}, options);
    const double seconds = seconds_of([&] { at::linear(x, weight)[0][0].item(); });
    return 2.0 * tokens * static_cast<double>(config.width * config.neurons) / seconds;
}

}  // namespace

double MachineSpeed::seconds(const Work& work) const {
    // What the counts leave out, measured: with it SmolLM2 by `laptop` is predicted at 25:31, where
    // conversions took 24:05 and 24:33, and by `quick` at 9:42, which took 9:30.
    constexpr double overhead = 1.6;
    return overhead * (work.judged_flops / judged_flops_per_second +
                       work.aligned_flops / aligned_flops_per_second + work.bytes / bytes_per_second);
}

/// As the conversion does, with fresh memory for every result, which costs as much as the arithmetic: the
/// FFN's products, in the format of the alignment too, and one pass over a tensor of 16 MiB.
MachineSpeed measure_machine(const ModelConfig& config, const Compute& compute) {
    constexpr double float_bytes = 4;
    const at::NoGradGuard no_grad;
    const double flops = product_flops(config, compute);
    const auto alignment = alignment_compute(compute);
    const auto values = at::ones({4 << 20}, at::TensorOptions().device(compute.device).dtype(at::kFloat));
    const double pass = seconds_of([&] { at::mul(values, values)[0].item(); });
    return {flops, alignment.dtype == compute.dtype ? flops : product_flops(config, alignment),
            2 * float_bytes * static_cast<double>(values.numel()) / pass};
}

}  // namespace dotmoe
