// Attention of the CPU runtime, on its own threads: with two pools of threads each waits awake for the other.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

namespace dotmoe {

/// model/attention.h's causal_attention of one text. q: rows of `heads` queries side by side, the last
/// `tokens` of the cache's positions; keys and values as KvCache::append returns them, [1, kv_heads, S,
/// head_width]. -> [tokens, heads * head_width]
at::Tensor packed_attention(const float* q, std::int64_t q_row, std::int64_t tokens, std::int64_t heads,
                            const at::Tensor& keys, const at::Tensor& values, double scale,
                            std::int64_t window = 0);

}  // namespace dotmoe
