#include "model/rope.h"

#include <bit>

namespace dotmoe {

RotaryEmbedding::RotaryEmbedding(double base, std::int64_t head_width, at::Device device) {
    const auto exponents = at::arange(0, head_width, 2, at::kFloat) / static_cast<double>(head_width);
    frequencies_ = at::pow(base, exponents).reciprocal().to(device);
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
