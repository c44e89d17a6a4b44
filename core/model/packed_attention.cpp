#include "model/packed_attention.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "base/team.h"
#include "model/panel_kernel.h"
#include "model/panels.h"
#include "model/row_operations.h"

namespace dotmoe {
namespace {

/// Positions from which on a head is worth a thread of its own.
constexpr std::int64_t kParallelPositions = 64;

std::int64_t whole_panels(std::int64_t count) {
    return (count + kPanelWidth - 1) / kPanelWidth;
}

/// One query a head.
void attend_one(const float* q, std::int64_t heads, const at::Tensor& keys, const at::Tensor& values,
                float scale, float* out) {
    const auto positions = keys.size(2), head_width = keys.size(3), group = heads / keys.size(1);
    const auto *k = keys.const_data_ptr<float>(), *v = values.const_data_ptr<float>();
    const auto attend = [&](std::int64_t head) {
        thread_local std::vector<float> scores;
        scores.resize(static_cast<std::size_t>(positions + kPanelWidth));
        const auto shared = head / group * keys.stride(1);
        attend_head(q + head * head_width, k + shared, v + shared, positions, head_width, scale,
                    scores.data(), out + head * head_width);
    };
    if (positions >= kParallelPositions) return share_out(heads, attend);
    for (std::int64_t head = 0; head < heads; ++head) attend(head);
}

/// K [positions, width] of one head as panels of depth `width`. By hand, as ATen would wake its own threads
/// beside ours.
void pack_keys(const float* keys, std::int64_t positions, std::int64_t width, float* panels) {
    for (std::int64_t first = 0; first < positions; first += kPanelWidth)
        for (std::int64_t i = 0; i < width; ++i, panels += kPanelWidth)
            for (std::int64_t lane = 0; lane < kPanelWidth; ++lane)
                panels[lane] = first + lane < positions ? keys[(first + lane) * width + i] : 0;
}

/// V [positions, width] of one head, V^T as panels of depth `positions`.
void pack_values(const float* values, std::int64_t positions, std::int64_t width, float* panels) {
    for (std::int64_t first = 0; first < width; first += kPanelWidth)
        for (std::int64_t position = 0; position < positions; ++position, panels += kPanelWidth) {
            const auto count = std::min(kPanelWidth, width - first);
            std::copy_n(values + position * width + first, count, panels);
            std::fill(panels + count, panels + kPanelWidth, 0.0F);
        }
}

/// Some queries in a row, of one head.
struct Tile {
    std::int64_t first, rows, before;  ///< queries, and positions before the first
    std::int64_t window;               ///< positions that a query sees; 0: all
    float scale;                       ///< of q k^T
    const float* q;
    std::int64_t q_row;
    const float *keys, *values;  ///< panels of K, depth head_width, and of V^T, depth `positions`
    std::int64_t positions, head_width;
    float* out;
    std::int64_t out_row;
};

/// Positions in front of those that the query after `before` others sees.
std::int64_t out_of_sight(const Tile& tile, std::int64_t before) {
    return tile.window > 0 ? std::max<std::int64_t>(0, before + 1 - tile.window) : 0;
}

void attend_tile(const Tile& tile) {
    const auto skipped = out_of_sight(tile, tile.before) / kPanelWidth;  // whole panels
    const auto start = skipped * kPanelWidth, visible = tile.before + tile.rows - start,
               panels = whole_panels(visible), row = panels * kPanelWidth;
    const auto width = tile.head_width, padded = whole_panels(width) * kPanelWidth;
    thread_local std::vector<float> scores, mixed;
    scores.resize(static_cast<std::size_t>(tile.rows * row));
    mixed.resize(static_cast<std::size_t>(tile.rows * padded));
    const float* in[kMostTileRows];
    float* out[kMostTileRows];
    for (std::int64_t r = 0; r < tile.rows; ++r) {
        in[r] = tile.q + (tile.first + r) * tile.q_row;
        out[r] = scores.data() + r * row;
    }
    multiply(Panels{WeightFormat::fp32, tile.keys + start * width, width, panels}, in, out, tile.rows);
    for (std::int64_t r = 0; r < tile.rows; ++r) {
        const auto hidden = std::max<std::int64_t>(0, out_of_sight(tile, tile.before + r) - start);
        std::fill_n(out[r], hidden, std::numeric_limits<float>::lowest() / 2);
        softmax_row(out[r], tile.scale, tile.before + r + 1 - start, row);
        in[r] = out[r];
        out[r] = mixed.data() + r * padded;
    }
    for (std::int64_t p = 0; p < whole_panels(width); ++p) {
        const auto* values = tile.values + (p * tile.positions + start) * kPanelWidth;
        multiply(Panels{WeightFormat::fp32, values, visible, 1}, in, out, tile.rows);
        for (std::int64_t r = 0; r < tile.rows; ++r) out[r] += kPanelWidth;
    }
    for (std::int64_t r = 0; r < tile.rows; ++r)
        std::copy_n(mixed.data() + r * padded, width, tile.out + (tile.first + r) * tile.out_row);
}

}  // namespace

at::Tensor packed_attention(const float* q, std::int64_t q_row, std::int64_t tokens, std::int64_t heads,
                            const at::Tensor& keys, const at::Tensor& values, double scale,
                            std::int64_t window) {
    const auto kv_heads = keys.size(1), positions = keys.size(2), width = keys.size(3);
    auto result = at::empty({tokens, heads * width}, at::kFloat);
    auto* out = result.mutable_data_ptr<float>();
    if (tokens == 1) {
        const auto seen = window > 0 ? std::min(window, positions) : positions;
        attend_one(q, heads, keys.narrow(2, positions - seen, seen), values.narrow(2, positions - seen, seen),
                   static_cast<float>(scale), out);
        return result;
    }
    const auto of_keys = whole_panels(positions) * kPanelWidth * width,
               of_head = of_keys + whole_panels(width) * kPanelWidth * positions;
    thread_local std::vector<float> scratch;
    scratch.resize(static_cast<std::size_t>(kv_heads * of_head));
    auto* const packed = scratch.data();
    const auto *k = keys.const_data_ptr<float>(), *v = values.const_data_ptr<float>();
    share_out(2 * kv_heads, [&](std::int64_t i) {
        const auto head = i / 2;
        if (i % 2 == 0)
            pack_keys(k + head * keys.stride(1), positions, width, packed + head * of_head);
        else
            pack_values(v + head * values.stride(1), positions, width, packed + head * of_head + of_keys);
    });
    const auto tiles = (tokens + tile_rows() - 1) / tile_rows();
    share_out(heads * tiles, [&](std::int64_t i) {
        const auto head = i % heads, first = i / heads * tile_rows();
        const auto* kv = packed + head / (heads / kv_heads) * of_head;
        attend_tile({.first = first,
                     .rows = std::min(tile_rows(), tokens - first),
                     .before = positions - tokens + first,
                     .window = window,
                     .scale = static_cast<float>(scale),
                     .q = q + head * width,
                     .q_row = q_row,
                     .keys = kv,
                     .values = kv + of_keys,
                     .positions = positions,
                     .head_width = width,
                     .out = out + head * width,
                     .out_row = heads * width});
    });
    return result;
}

}  // namespace dotmoe
