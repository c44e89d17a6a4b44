#include "model/rope.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>

namespace dotmoe {

std::vector<double> linear_rope_divisors(double factor, std::int64_t head_width) {
    if (factor == 1) return {};
    return std::vector<double>(static_cast<std::size_t>(head_width / 2), factor);
}

std::vector<double> llama3_rope_divisors(const Llama3Scaling& scaling, double base, std::int64_t head_width) {
    std::vector<double> divisors;
    for (std::int64_t i = 0; i < head_width / 2; ++i) {
        const double frequency =
            std::pow(base, -2.0 * static_cast<double>(i) / static_cast<double>(head_width));
        const double turns = scaling.original_context * frequency / (2 * std::numbers::pi);
        // 0 where it turns less than low_frequency times, 1 from high_frequency on.
        const double kept = std::clamp(
            (turns - scaling.low_frequency) / (scaling.high_frequency - scaling.low_frequency), 0.0, 1.0);
        divisors.push_back(1 / ((1 - kept) / scaling.factor + kept));
    }
    return divisors;
}

RotaryEmbedding::RotaryEmbedding(double base, std::int64_t head_width, at::Device device,
                                 const std::vector<double>& divisors) {
    const auto exponents = at::arange(0, head_width, 2, at::kFloat) / static_cast<double>(head_width);
    frequencies_ = at::pow(base, exponents).reciprocal();
    if (!divisors.empty()) frequencies_ = frequencies_ / at::tensor(divisors, at::kFloat);
    frequencies_ = frequencies_.to(device);
}

std::pair<at::Tensor, at::Tensor> RotaryEmbedding::positions(std::int64_t first, std::int64_t count) const {
    const std::lock_guard lock(mutex_);
    if (!cos_.defined() || cos_.size(0) < first + count) {
        const auto length = std::bit_ceil(static_cast<std::uint64_t>(first + count));
        const auto angles =
            at::outer(at::arange(static_cast<std::int64_t>(length), frequencies_.options()), frequencies_);
        cos_ = angles.cos();
        sin_ = angles.sin();
    }
    return {cos_.narrow(0, first, count), sin_.narrow(0, first, count)};
}

at::Tensor rotate(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin) {
    const auto halves = x.to(at::promote_types(x.scalar_type(), at::kFloat)).chunk(2, -1);
    const auto &a = halves[0], &b = halves[1];
    return at::cat({a * cos - b * sin, b * cos + a * sin}, -1).to(x.scalar_type());
}

}  // namespace dotmoe
