// Causal grouped-query attention.
#pragma once

#include <ATen/ATen.h>

namespace dotmoe {

/// softmax(scale q k^T) v, each query seeing the keys up to its own position; the queries are
/// the last T of the S positions. q [B, heads, T, head_width], k and v [B, kv_heads, S, head_width] -> [B,
/// heads, T, head_width]. With a `window` it sees the last so many of them, its own among them; 0: all.
at::Tensor causal_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, double scale,
                            std::int64_t window = 0);

}  // namespace dotmoe
