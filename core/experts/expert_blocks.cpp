#include "experts/expert_blocks.h"

#include <algorithm>

#include "base/huge_pages.h"
#include "model/panel_kernel.h"

namespace dotmoe {
namespace {

std::int64_t whole(std::int64_t count, std::int64_t size) {
    return (count + size - 1) / size * size;
}

}  // namespace

static_assert(2 * ExpertBlocks::kNeurons == kPanelWidth);

ExpertBlocks::ExpertBlocks(const LayerWeights& layer, const at::Tensor& owner, WeightFormat format)
    : format_(format), width_(layer.gate.size(1)) {
    const auto [columns, order] = at::sort(owner.cpu(), /*stable=*/true, 0, /*descending=*/false);
    const auto neurons = owner.size(0), filled = whole(neurons, kNeurons), units = filled / kNeurons;
    const auto outputs = whole(width_, kPanelWidth);
    // Neurons that fill up the last unit have weights 0; they count to the last column.
    columns_.assign(columns.const_data_ptr<std::int64_t>(), columns.const_data_ptr<std::int64_t>() + neurons);
    columns_.resize(static_cast<std::size_t>(filled), columns_.back());

    const auto rows = [&, &order = order](const at::Tensor& weight) {  // [units, kNeurons, D]
        const auto sorted = weight.to(at::kCPU, at::kFloat).index_select(0, order);
        return at::constant_pad_nd(sorted, {0, 0, 0, filled - neurons}).view({units, kNeurons, -1});
    };
    const auto packed = [&](const at::Tensor& weight) {  // of [units, outputs, depth]
        return pack_panels(weight.flatten(0, 1), format).view({units, -1});
    };
    const auto gate_up = packed(at::cat({rows(layer.gate), rows(layer.up)}, 1));
    const auto down =
        packed(at::constant_pad_nd(rows(layer.down.t()), {0, outputs - width_}).transpose(1, 2));
    blocks_ = on_huge_pages(at::cat({gate_up, down}, 1));
    find_spans();
}

void ExpertBlocks::find_spans() {
    const auto units = blocks_.size(0);
    for (std::int64_t unit = 0; unit < units; ++unit) {
        const auto first = columns(unit)[0], end = columns(unit)[kNeurons - 1] + 1;
        if (!spans_.empty() && spans_.back().first_column == first && spans_.back().end_column == end)
            ++spans_.back().units;
        else
            spans_.push_back({unit, 1, first, end});
    }
}

Panels ExpertBlocks::gate_up(std::int64_t unit) const {
    const auto unit_bytes = bytes() / blocks_.size(0);
    return {format_, static_cast<const std::byte*>(blocks_.const_data_ptr()) + unit * unit_bytes, width_, 1};
}

Panels ExpertBlocks::down(std::int64_t unit) const {
    const auto after = gate_up(unit).slice(1, 0);
    return {format_, after.weights, kNeurons, whole(width_, kPanelWidth) / kPanelWidth};
}

void ExpertBlocks::fetch(std::int64_t unit) const {
    constexpr std::int64_t line = 64;
    const auto* block = static_cast<const std::byte*>(gate_up(unit).weights);
    const auto end = std::min(kFetchAhead, bytes() / blocks_.size(0));
    for (std::int64_t offset = 0; offset < end; offset += line) __builtin_prefetch(block + offset);
}

}  // namespace dotmoe
