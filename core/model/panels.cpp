#include "model/panels.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/huge_pages.h"
#include "model/panel_kernel.h"

namespace dotmoe {
namespace {

/// Weights that many rows pass at once: as many as stay in the cache next to a tile of x.
constexpr std::int64_t kCachedWeights = 1 << 14;

template <typename Weight>
void multiply_tiles(const Weight* weights, std::int64_t depth, std::int64_t panels, const float* const* x,
                    float* const* out, std::int64_t rows, bool accumulate) {
    for (std::int64_t row = 0; row < rows; row += tile_rows())
        multiply(PanelProduct<Weight>{.x = x + row,
                                      .out = out + row,
                                      .rows = std::min(tile_rows(), rows - row),
                                      .depth = depth,
                                      .panels = panels,
                                      .weights = weights,
                                      .accumulate = accumulate});
}

const float* unpacked(const float* weights, std::int64_t /*count*/) {
    return weights;
}

const float* unpacked(const at::BFloat16* weights, std::int64_t count) {
    thread_local std::vector<float> values;
    values.resize(static_cast<std::size_t>(count));
    unpack(weights, count, values.data());
    return values.data();
}

template <typename Weight>
void multiply_as(const Panels& panels, const float* const* x, float* const* out, std::int64_t rows,
                 bool accumulate) {
    const auto* weights = static_cast<const Weight*>(panels.weights);
    const auto depth = panels.depth;
    if (rows <= tile_rows()) return multiply_tiles(weights, depth, panels.count, x, out, rows, accumulate);
    const auto size = depth * kPanelWidth, together = std::max<std::int64_t>(1, kCachedWeights / size);
    std::vector<float*> place(out, out + rows);
    for (std::int64_t first = 0; first < panels.count; first += together) {
        const auto count = std::min(together, panels.count - first);
        multiply_tiles(unpacked(weights + first * size, count * size), depth, count, x, place.data(), rows,
                       accumulate);
        for (auto*& row : place) row += count * kPanelWidth;
    }
}

}  // namespace

WeightFormat parse_weight_format(std::string_view text) {
    if (text == "fp32") return WeightFormat::fp32;
    if (text == "bf16") return WeightFormat::bf16;
    fail_usage("weights '{}' are unknown: use fp32 or bf16", text);
}

at::ScalarType dtype_of(WeightFormat format) {
    return format == WeightFormat::fp32 ? at::kFloat : at::kBFloat16;
}

Panels Panels::slice(std::int64_t first, std::int64_t number) const {
    const auto offset =
        first * depth * kPanelWidth * static_cast<std::int64_t>(c10::elementSize(dtype_of(format)));
    return {format, static_cast<const std::byte*>(weights) + offset, depth, number};
}

at::Tensor pack_panels(const at::Tensor& weight, WeightFormat format) {
    const auto rows = weight.size(0), panels = (rows + kPanelWidth - 1) / kPanelWidth;
    const auto whole = at::constant_pad_nd(weight.to(at::kFloat), {0, 0, 0, panels * kPanelWidth - rows});
    return on_huge_pages(whole.view({panels, kPanelWidth, -1}).transpose(1, 2).to(dtype_of(format)));
}

void multiply(const Panels& panels, const float* const* x, float* const* out, std::int64_t rows,
              bool accumulate) {
    if (panels.format == WeightFormat::fp32) return multiply_as<float>(panels, x, out, rows, accumulate);
    multiply_as<at::BFloat16>(panels, x, out, rows, accumulate);
}

}  // namespace dotmoe
