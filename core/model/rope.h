// Rotary position embedding (RoFormer, arXiv 2104.09864) in half-split order.
#pragma once

#include <ATen/ATen.h>

#include <mutex>
#include <utility>
#include <vector>

namespace dotmoe {

/// RoPE scaling as divisors of the frequencies base^(-2i/head_width), i < head_width/2; empty for a factor
/// of 1.
std::vector<double> linear_rope_divisors(double factor, std::int64_t head_width);

/// Llama 3's (config.json, rope_type llama3): low frequencies are divided by `factor`, high ones stay, by how
/// often they turn over within the original context.
struct Llama3Scaling {
    double factor, low_frequency, high_frequency, original_context;
};
std::vector<double> llama3_rope_divisors(const Llama3Scaling& scaling, double base, std::int64_t head_width);

/// cos and sin of position * base^(-2i/head_width) / divisor_i, kept between calls. May be used from several
/// threads.
class RotaryEmbedding {
  public:
    RotaryEmbedding(double base, std::int64_t head_width, at::Device device,
                    const std::vector<double>& divisors = {});

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
