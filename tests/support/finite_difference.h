// Gradients by central differences, for comparison with the ones under test. Double precision only.
#pragma once

#include <ATen/ATen.h>

#include <functional>

namespace dotmoe::test {

/// df/dx of a scalar function, one entry after another; x is restored.
inline at::Tensor finite_difference(const std::function<at::Tensor(const at::Tensor&)>& f,
                                    const at::Tensor& x, double step = 1e-5) {
    auto probe = x.detach().clone().contiguous();
    auto gradient = at::empty_like(probe);
    auto* values = probe.mutable_data_ptr<double>();
    for (std::int64_t i = 0; i < probe.numel(); ++i) {
        const double kept = values[i];
        values[i] = kept + step;
        const double above = f(probe).item<double>();
        values[i] = kept - step;
        const double below = f(probe).item<double>();
        values[i] = kept;
        gradient.view(-1)[i] = (above - below) / (2 * step);
    }
    return gradient;
}

/// max |a - b| / max |b|.
inline double relative_difference(const at::Tensor& a, const at::Tensor& b) {
    return ((a - b).abs().max() / b.abs().max().clamp_min(1e-300)).item<double>();
}

}  // namespace dotmoe::test
