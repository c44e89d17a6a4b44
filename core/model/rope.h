// Rotary position embedding (RoFormer, arXiv 2104.09864) in half-split order.
#pragma once

#include <ATen/ATen.h>

#include <mutex>
#include <utility>

namespace dotmoe {

/// cos and sin of position * base^(-2i/head_width), kept between calls. May be used from several threads.
class RotaryEmbedding {
  public:
    RotaryEmbedding(double base, std::int64_t head_width, at::Device device);

    /// Tables of positions [first, first + count): cos and sin, each [count, head_width/2] fp32.
    std::pair<at::Tensor, at::Tensor> positions(std::int64_t first, std::int64_t count) const;

  private:
    at::Tensor frequencies_;  // [head_width/2]
    mutable std::mutex mutex_;
    mutable at::Tensor cos_, sin_;  // [longest so far, head_width/2]
};

/// Turns the pair (x_i, x_{i + head_width/2}) by the position's angle, in fp32 at least; result in x's dtype.
/// x [B, heads, T, head_width], cos and sin [T, head_width/2].
at::Tensor rotate(const at::Tensor& x, const at::Tensor& cos, const at::Tensor& sin);

}  // namespace dotmoe
