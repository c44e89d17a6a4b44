// Products of many rows by the processor's own dot products of bf16 (AVX512-BF16: vdpbf16ps).
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#include "model/panel_kernel.h"

namespace dotmoe {

/// Two bf16 of the depth, the even one in the lower half; the last of an odd depth has 0 beside it.
using Pair = std::uint32_t;
constexpr std::int64_t pairs_of(std::int64_t depth) {
    return (depth + 1) / 2;
}

/// out[r][p, lane] (+)= sum_i x[r][i] . panels[p][i][lane], of pairs; sums in fp32.
struct PairProduct {
    const Pair* const* x;  ///< [rows] of [pairs]
    float* const* out;     ///< [rows] of [panels, kPanelWidth]
    std::int64_t rows;     ///< 1 to kMostTileRows
    std::int64_t pairs, panels;
    const Pair* weights;  ///< [panels, pairs, kPanelWidth]
    bool accumulate = false;
};

/// Whether this processor has them; what follows must not be called otherwise.
bool has_pair_products();
void multiply(const PairProduct& product);
/// x [depth] rounded to the nearest bf16, ties to even: [pairs_of(depth)].
void round_to_pairs(const float* x, std::int64_t depth, Pair* pairs);
/// Panels [panels, depth, kPanelWidth] as [panels, pairs_of(depth), kPanelWidth].
void pair_up(const at::BFloat16* weights, std::int64_t depth, std::int64_t panels, Pair* pairs);

}  // namespace dotmoe
