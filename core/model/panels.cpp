#include "model/panels.h"

#include <algorithm>
#include <type_traits>
#include <vector>

#include "base/error.h"
#include "base/huge_pages.h"
#include "model/pair_kernel.h"
#include "model/panel_kernel.h"
#include "model/product_arithmetic.h"

namespace dotmoe {
namespace {

/// Weights that many rows pass at once: as many as stay in the cache next to a tile of x.
constexpr std::int64_t kCachedWeights = 1 << 14;

template <typename Weight>
std::int64_t most_rows() {
    return std::is_same_v<Weight, Int8Bytes> ? kMostInt8Rows : tile_rows();
}

/// Of one panel, in units of Weight.
template <typename Weight>
std::int64_t panel_size(std::int64_t depth) {
    if constexpr (std::is_same_v<Weight, Int8Bytes>) return int8_panel_bytes(depth);
    return depth * kPanelWidth;
}

template <typename Weight>
void multiply_tiles(const Weight* weights, std::int64_t depth, std::int64_t panels, const float* const* x,
                    float* const* out, std::int64_t rows, bool accumulate) {
    const auto tile = most_rows<Weight>();
    for (std::int64_t row = 0; row < rows; row += tile)
        multiply(PanelProduct<Weight>{.x = x + row,
                                      .out = out + row,
                                      .rows = std::min(tile, rows - row),
                                      .depth = depth,
                                      .panels = panels,
                                      .weights = weights,
                                      .accumulate = accumulate});
}

const float* unpacked(const float* weights, std::int64_t /*depth*/, std::int64_t /*panels*/) {
    return weights;
}

template <typename Weight>
const float* unpacked(const Weight* weights, std::int64_t depth, std::int64_t panels) {
    thread_local std::vector<float> values;
    values.resize(static_cast<std::size_t>(panels * depth * kPanelWidth));
    unpack(weights, depth, panels, values.data());
    return values.data();
}

template <typename Weight>
void multiply_as(const Panels& panels, const float* const* x, float* const* out, std::int64_t rows,
                 bool accumulate) {
    const auto* weights = static_cast<const Weight*>(panels.weights);
    const auto depth = panels.depth;
    if (rows <= most_rows<Weight>())
        return multiply_tiles(weights, depth, panels.count, x, out, rows, accumulate);
    const auto together = std::max<std::int64_t>(1, kCachedWeights / (depth * kPanelWidth));
    std::vector<float*> place(out, out + rows);
    for (std::int64_t first = 0; first < panels.count; first += together) {
        const auto count = std::min(together, panels.count - first);
        multiply_tiles(unpacked(weights + first * panel_size<Weight>(depth), depth, count), depth, count, x,
                       place.data(), rows, accumulate);
        for (auto*& row : place) row += count * kPanelWidth;
    }
}

/// x [rows] of [depth], rounded.
void multiply_rounded(const Panels& panels, const float* const* x, float* const* out, std::int64_t rows,
                      bool accumulate) {
    const auto pairs = pairs_of(panels.depth);
    thread_local std::vector<Pair> inputs;
    inputs.resize(static_cast<std::size_t>(rows * pairs));
    std::vector<const Pair*> from;
    for (std::int64_t r = 0; r < rows; ++r) {
        from.push_back(inputs.data() + r * pairs);
        round_to_pairs(x[r], panels.depth, inputs.data() + r * pairs);
    }
    multiply(panels, from.data(), out, rows, accumulate);
}

/// Panels [P, K, kPanelWidth] in groups: scale = max |w| / 127 of an output's weights in a group, in bf16.
at::Tensor pack_int8(const at::Tensor& panels) {
    std::vector<at::Tensor> parts;
    for (const auto& group : panels.split(kGroup, 1)) {
        const auto scale = (group.abs().amax(1, /*keepdim=*/true) / 127).to(at::kBFloat16);
        const auto whole =
            (group / scale.to(at::kFloat)).nan_to_num_(0.0).round_().clamp_(-127, 127);  // 0 / 0: all zeros
        parts.push_back(scale.contiguous().view(at::kByte).flatten(1));
        const auto even = at::constant_pad_nd(whole, {0, 0, 0, whole.size(1) % 2});
        const auto pairs = even.view({even.size(0), -1, 2, 2, kPanelWidth / 2});  // depth i, half, l
        parts.push_back(pairs.permute({0, 1, 4, 2, 3}).to(at::kChar).contiguous().view(at::kByte).flatten(1));
    }
    return at::cat(parts, 1);
}

}  // namespace

WeightFormat parse_weight_format(std::string_view text) {
    if (text == "fp32") return WeightFormat::fp32;
    if (text == "bf16") return WeightFormat::bf16;
    if (text == "int8") return WeightFormat::int8;
    fail_usage("weights '{}' are unknown: use fp32, bf16 or int8", text);
}

std::int64_t panel_bytes(WeightFormat format, std::int64_t depth) {
    switch (format) {
        case WeightFormat::fp32:
            return depth * kPanelWidth * 4;
        case WeightFormat::bf16:
            return depth * kPanelWidth * 2;
        case WeightFormat::int8:
            return int8_panel_bytes(depth);
    }
    fail("weight format {} is unknown", static_cast<int>(format));
}

Panels Panels::slice(std::int64_t first, std::int64_t number) const {
    return {format, static_cast<const std::byte*>(weights) + first * panel_bytes(format, depth), depth,
            number, exact};
}

at::Tensor pack_panels(const at::Tensor& weight, WeightFormat format) {
    const auto rows = weight.size(0), panels = (rows + kPanelWidth - 1) / kPanelWidth;
    const auto whole = at::constant_pad_nd(weight.to(at::kFloat), {0, 0, 0, panels * kPanelWidth - rows})
                           .view({panels, kPanelWidth, -1})
                           .transpose(1, 2);
    if (format == WeightFormat::int8) return on_huge_pages(pack_int8(whole));
    return on_huge_pages(whole.to(format == WeightFormat::fp32 ? at::kFloat : at::kBFloat16));
}

Arithmetic arithmetic_of(const Panels& panels, std::int64_t rows) {
    const bool worth_it = panels.format == WeightFormat::bf16 && !panels.exact && rows > kMostTileRows;
    return worth_it ? measured_arithmetic() : Arithmetic::fp32;
}

void multiply(const Panels& panels, const float* const* x, float* const* out, std::int64_t rows,
              bool accumulate) {
    multiply_by(arithmetic_of(panels, rows), panels, x, out, rows, accumulate);
}

void multiply(const Panels& panels, const Pair* const* x, float* const* out, std::int64_t rows,
              bool accumulate) {
    const auto pairs = pairs_of(panels.depth);
    thread_local std::vector<Pair> weights;  // a cacheful at a time
    const auto together = std::max<std::int64_t>(1, kCachedWeights / (pairs * kPanelWidth));
    std::vector<float*> place(out, out + rows);
    for (std::int64_t first = 0; first < panels.count; first += together) {
        const auto count = std::min(together, panels.count - first);
        weights.resize(static_cast<std::size_t>(count * pairs * kPanelWidth));
        pair_up(static_cast<const at::BFloat16*>(panels.slice(first, count).weights), panels.depth, count,
                weights.data());
        for (std::int64_t row = 0; row < rows; row += kMostTileRows)
            multiply(PairProduct{.x = x + row,
                                 .out = place.data() + row,
                                 .rows = std::min(kMostTileRows, rows - row),
                                 .pairs = pairs,
                                 .panels = count,
                                 .weights = weights.data(),
                                 .accumulate = accumulate});
        for (auto*& row : place) row += count * kPanelWidth;
    }
}

void multiply_by(Arithmetic arithmetic, const Panels& panels, const float* const* x, float* const* out,
                 std::int64_t rows, bool accumulate) {
    if (arithmetic == Arithmetic::bf16) return multiply_rounded(panels, x, out, rows, accumulate);
    if (panels.format == WeightFormat::fp32) return multiply_as<float>(panels, x, out, rows, accumulate);
    if (panels.format == WeightFormat::int8) return multiply_as<Int8Bytes>(panels, x, out, rows, accumulate);
    multiply_as<at::BFloat16>(panels, x, out, rows, accumulate);
}

}  // namespace dotmoe
