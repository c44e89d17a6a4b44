#include "experts/moe_ffn.h"

#include <algorithm>
#include <numeric>

#include "base/device.h"
#include "base/team.h"
#include "experts/column_weights.h"
#include "experts/forced_weights.h"
#include "model/panel_kernel.h"
#include "model/row_operations.h"

namespace dotmoe {
namespace {

constexpr auto kNeurons = ExpertBlocks::kNeurons;

/// Tokens at once: bounds the memory of their sums.
constexpr std::int64_t kTokens = 512;
constexpr std::int64_t kTokensOfSum = 32;  // worth a thread

/// A router is small, and a rounded one chooses other experts.
WeightFormat router_format(WeightFormat format) {
    return format == WeightFormat::int8 ? WeightFormat::bf16 : format;
}

}  // namespace

/// Units of a span, and the tokens that need them.
struct MoeFeedForward::Work {
    std::int64_t first_unit, units;
    std::vector<std::int32_t> tokens;
};

/// x [T, D], and the same rounded once for all units, where some may want it so.
struct MoeFeedForward::Inputs {
    const float* x;
    std::vector<Pair> rounded;  ///< [T, pairs_of(D)] or empty
};

/// A unit to compute, with the rows of those before it.
struct MoeFeedForward::Unit {
    std::int64_t index, before;
    const std::vector<std::int32_t>* tokens;
};

MoeFeedForward::MoeFeedForward(const LayerWeights& layer, WeightFormat format)
    : layout_{.experts = 1, .active = 1, .shared = 0},
      activation_(layer.activation),
      blocks_(layer, at::zeros({layer.gate.size(0)}, at::kLong), format),
      neurons_(layer.gate.size(0)),
      width_(layer.gate.size(1)),
      row_(blocks_.down(0).count * kPanelWidth) {}

MoeFeedForward::MoeFeedForward(const LayerWeights& layer, const LayerExperts& experts, const Layout& layout,
                               WeightFormat format)
    : layout_(layout),
      activation_(layer.activation),
      blocks_(layer, experts.owner, format),
      router_(std::in_place, experts.router.t(), router_format(format), /*exact=*/true),
      neurons_(layer.gate.size(0)),
      width_(layer.gate.size(1)),
      row_(blocks_.down(0).count * kPanelWidth) {}

at::Tensor MoeFeedForward::weights_of_columns(const float* x, const std::vector<std::int64_t>& texts,
                                              const std::vector<Forcing>& forcings) const {
    const auto tokens = std::reduce(texts.begin(), texts.end());
    if (!router_) return at::ones({tokens, 1}, at::kFloat);
    auto logits = at::empty({tokens, layout_.experts}, at::kFloat);
    router_->multiply(x, tokens, logits.mutable_data_ptr<float>());
    auto weights = at::empty({tokens, layout_.columns()}, at::kFloat);
    column_weights(logits.const_data_ptr<float>(), texts, layout_, weights.mutable_data_ptr<float>());
    if (!forcings.empty()) {
        const auto routed = weights.narrow(1, layout_.first_routed(), layout_.experts);
        routed.copy_(forced_weights(layout_, logits, routed, forcings));
    }
    return weights;
}

std::vector<MoeFeedForward::Work> MoeFeedForward::plan(const float* weights, std::int64_t tokens) const {
    const auto columns = layout_.columns();
    std::vector<Work> result;
    for (const auto& span : blocks_.spans()) {
        Work work{span.first_unit, span.units, {}};
        for (std::int64_t t = 0; t < tokens; ++t) {
            const auto* row = weights + t * columns;
            if (std::any_of(row + span.first_column, row + span.end_column, [](float w) { return w != 0; }))
                work.tokens.push_back(static_cast<std::int32_t>(t));
        }
        if (!work.tokens.empty()) result.push_back(std::move(work));
    }
    return result;
}

MoeFeedForward::Inputs MoeFeedForward::inputs_of(const float* x, std::int64_t tokens) const {
    Inputs inputs{x, {}};
    if (arithmetic_of(blocks_.gate_up(0), tokens) == Arithmetic::fp32) return inputs;
    const auto pairs = pairs_of(width_);
    inputs.rounded.resize(static_cast<std::size_t>(tokens * pairs));
    share_out((tokens + kTokensOfSum - 1) / kTokensOfSum, [&](std::int64_t block) {
        for (auto t = block * kTokensOfSum; t < std::min(tokens, (block + 1) * kTokensOfSum); ++t)
            round_to_pairs(x + t * width_, width_, inputs.rounded.data() + t * pairs);
    });
    return inputs;
}

void MoeFeedForward::add_unit(std::int64_t unit, const std::vector<std::int32_t>& tokens,
                              const Inputs& inputs, const float* weights, float* y) const {
    struct Scratch {
        std::vector<const float*> in;
        std::vector<const Pair*> rounded;
        std::vector<float*> out;
        std::vector<float> products, hidden;
    };
    thread_local Scratch scratch;
    auto& [in, rounded, out, products, hidden] = scratch;
    const auto count = tokens.size();
    in.resize(count);
    out.resize(count);
    products.resize(count * kPanelWidth);
    hidden.resize(count * kNeurons);
    rounded.resize(count);
    const auto rows = static_cast<std::int64_t>(count);
    for (std::size_t i = 0; i < count; ++i) out[i] = products.data() + i * kPanelWidth;
    const auto gate_up = blocks_.gate_up(unit);
    if (arithmetic_of(gate_up, rows) == Arithmetic::bf16) {
        for (std::size_t i = 0; i < count; ++i)
            rounded[i] = inputs.rounded.data() + tokens[i] * pairs_of(width_);
        multiply(gate_up, rounded.data(), out.data(), rows);
    } else {
        for (std::size_t i = 0; i < count; ++i) in[i] = inputs.x + tokens[i] * width_;
        multiply(gate_up, in.data(), out.data(), rows);
    }
    const auto* columns = blocks_.columns(unit);
    for (std::size_t i = 0; i < count; ++i) {
        float scale[kNeurons];
        for (std::int64_t n = 0; n < kNeurons; ++n)
            scale[n] = weights[tokens[i] * layout_.columns() + columns[n]];
        in[i] = hidden.data() + i * kNeurons;
        gate(out[i], scale, activation_, hidden.data() + i * kNeurons);  // H * (W M^T)
        out[i] = y + tokens[i] * row_;
    }
    multiply(blocks_.down(unit), in.data(), out.data(), rows, /*accumulate=*/true);
}

void MoeFeedForward::operator()(const float* x, const std::vector<std::int64_t>& texts, float* y,
                                const std::vector<Forcing>& forcings) const {
    const auto tokens = std::reduce(texts.begin(), texts.end());
    const auto weights = weights_of_columns(x, texts, forcings);
    for (std::int64_t first = 0; first < tokens; first += kTokens)
        add_tokens(x + first * width_, weights.const_data_ptr<float>() + first * layout_.columns(),
                   std::min(kTokens, tokens - first), y + first * width_);
}

void MoeFeedForward::add_tokens(const float* x, const float* weights, std::int64_t tokens, float* y) const {
    const auto works = plan(weights, tokens);
    const auto inputs = inputs_of(x, tokens);
    std::vector<Unit> units;
    std::int64_t total = 0;  // rows of all units
    for (const auto& work : works)
        for (std::int64_t u = 0; u < work.units; ++u, total += std::ssize(work.tokens))
            units.push_back({work.first_unit + u, total, &work.tokens});
    // Shares of the work with sums of their own, added up in their order whoever did them. Of few tokens
    // there are more, so that a thread that was put aside costs little.
    const auto shares = thread_count() * std::clamp<std::int64_t>(kTokens / 8 / tokens, 1, 4);
    thread_local std::vector<float> sums;  // kept: a token is too short to ask for memory in each layer
    sums.assign(static_cast<std::size_t>(shares * tokens * row_), 0);
    auto* partial = sums.data();
    share_out(shares, [&](std::int64_t share) {
        const auto of_share = [&](const Unit& unit) { return unit.before * shares / total; };
        const auto mine = std::ranges::equal_range(units, share, {}, of_share);
        for (auto unit = mine.begin(); unit != mine.end(); ++unit) {
            if (unit + 1 != mine.end()) blocks_.fetch((unit + 1)->index);
            add_unit(unit->index, *unit->tokens, inputs, weights, partial + share * tokens * row_);
        }
    });
    share_out((tokens + kTokensOfSum - 1) / kTokensOfSum, [&](std::int64_t block) {
        for (auto t = block * kTokensOfSum; t < std::min(tokens, (block + 1) * kTokensOfSum); ++t) {
            std::copy_n(partial + t * row_, width_, y + t * width_);
            for (std::int64_t share = 1; share < shares; ++share)
                add_to(y + t * width_, partial + (share * tokens + t) * row_, width_);
        }
    });
}

std::int64_t MoeFeedForward::bytes_per_token() const {
    if (!router_) return blocks_.bytes();
    const auto neurons = layout_.shared + layout_.active * layout_.capacity(neurons_);
    return router_->bytes() + blocks_.bytes() * neurons / neurons_;
}

}  // namespace dotmoe
