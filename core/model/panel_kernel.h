// The one loop that all matrix products of the CPU runtime come down to.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#include "model/config.h"

namespace dotmoe {

/// Outputs computed side by side: a panel holds that many columns of W^T, [depth, kPanelWidth], contiguous.
inline constexpr std::int64_t kPanelWidth = 32;
/// Most rows of one call, on any machine.
inline constexpr std::int64_t kMostTileRows = 12;
/// Bytes by which weights are fetched before their turn: a single row leaves the memory no other time.
inline constexpr std::int64_t kFetchAhead = 4096;

/// out[r][p, lane] (+)= sum_i x[r][i] panels[p][i][lane], in fp32 whatever the panels' format.
template <typename Weight>
struct PanelProduct {
    const float* const* x;  ///< [rows] of [depth]
    float* const* out;      ///< [rows] of [panels, kPanelWidth]
    std::int64_t rows;      ///< 1 to tile_rows(), of int8 to kMostInt8Rows
    std::int64_t depth, panels;
    const Weight* weights;  ///< [panels, depth, kPanelWidth]
    bool accumulate = false;
};

/// A panel of int8 is a run of bytes: for every kGroup of the depth (the last may be shorter) kPanelWidth
/// scales in bf16, one an output, then the whole numbers. Two of the depth lie together (0 fills up a last
/// one), byte 4 l + 2 i + half of them is that of depth i and output 16 half + l: a 32-bit word holds four
/// weights that shifts take apart, where widening single bytes would cost more than reading them.
inline constexpr std::int64_t kGroup = 64;
using Int8Bytes = std::uint8_t;
constexpr std::int64_t int8_panel_bytes(std::int64_t depth) {
    return ((depth + kGroup - 1) / kGroup * 2 + (depth + 1) / 2 * 2) * kPanelWidth;
}

void multiply(const PanelProduct<float>& product);
void multiply(const PanelProduct<at::BFloat16>& product);
void multiply(const PanelProduct<Int8Bytes>& product);

/// Rows of x for which the registers of this machine hold the sums: more are slower.
std::int64_t tile_rows();
/// int8 weights need sums twice, one of the group and one of all: more rows are for unpacked panels.
inline constexpr std::int64_t kMostInt8Rows = 3;

/// The fp32 values of panels, [panels, depth, kPanelWidth].
void unpack(const at::BFloat16* weights, std::int64_t depth, std::int64_t panels, float* values);
void unpack(const Int8Bytes* weights, std::int64_t depth, std::int64_t panels, float* values);

/// h_i = scale_i act(g_i) u_i for a panel's products [g, u]; scale and h [kPanelWidth / 2].
void gate(const float* products, const float* scale, Activation activation, float* h);

}  // namespace dotmoe
