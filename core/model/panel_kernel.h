// The one loop that all matrix products of the CPU runtime come down to.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

namespace dotmoe {

/// Outputs computed side by side: a panel holds that many columns of W^T, [depth, kPanelWidth], contiguous.
inline constexpr std::int64_t kPanelWidth = 32;
/// Most rows of one call, on any machine.
inline constexpr std::int64_t kMostTileRows = 12;

/// out[r][p, lane] (+)= sum_i x[r][i] panels[p][i][lane], in fp32 whatever the panels' format.
template <typename Weight>
struct PanelProduct {
    const float* const* x;  ///< [rows] of [depth]
    float* const* out;      ///< [rows] of [panels, kPanelWidth]
    std::int64_t rows;      ///< 1 to tile_rows()
    std::int64_t depth, panels;
    const Weight* weights;  ///< [panels, depth, kPanelWidth]
    bool accumulate = false;
};

void multiply(const PanelProduct<float>& product);
void multiply(const PanelProduct<at::BFloat16>& product);

/// Rows of x for which the registers of this machine hold the sums: more are slower.
std::int64_t tile_rows();

/// The fp32 values of `count` weights, a multiple of kPanelWidth.
void unpack(const at::BFloat16* weights, std::int64_t count, float* values);

/// h_i = scale_i silu(g_i) u_i for a panel's products [g, u]; scale and h [kPanelWidth / 2].
void gate(const float* products, const float* scale, float* h);

}  // namespace dotmoe
