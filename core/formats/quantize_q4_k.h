// Weights as blocks of ggml's Q4_K.
#pragma once

#include <cstddef>
#include <cstdint>

namespace dotmoe {

/// 256 values to 144 bytes: w = (d s_j) q - (dmin m_j) in 8 sub-blocks of 32, q of 4 bits, s_j and m_j of 6,
/// d and dmin fp16. Scale and minimum of a sub-block are those of the least squared error that a search over
/// roundings finds; ggml's own quantiser searches likewise, with other weights, so the bytes differ from its.
void quantize_q4_k(const float* values, std::byte* block);

inline constexpr std::int64_t q4_k_values = 256, q4_k_bytes = 144;

}  // namespace dotmoe
