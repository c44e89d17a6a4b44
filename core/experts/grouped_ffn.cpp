#include "experts/grouped_ffn.h"

#include <ATen/core/grad_mode.h>

#include <memory>
#include <optional>

#include "experts/router.h"

namespace dotmoe {
namespace {

/// Grouped products on a GPU want rows of whole 16 bytes, 8 numbers of bf16. Neurons of weights 0 fill up.
constexpr std::int64_t kUnit = 8;

LayerWeights part_of(const LayerWeights& layer, const at::Tensor& neurons) {
    auto part = layer;
    part.gate = layer.gate.index_select(0, neurons);
    part.up = layer.up.index_select(0, neurons);
    part.down = layer.down.index_select(1, neurons);
    return part;
}

}  // namespace

GroupedFeedForward::GroupedFeedForward(const LayerWeights& layer, const LayerExperts& experts,
                                       const Layout& layout)
    : layout_(layout), activation_(layer.activation), router_(experts.router.to(layer.gate.device())) {
    const auto order = at::argsort(experts.owner, /*stable=*/true).to(layer.gate.device());
    if (layout.shared > 0) shared_ = part_of(layer, order.narrow(0, 0, layout.shared));
    const auto routed = part_of(layer, order.narrow(0, layout.shared, order.size(0) - layout.shared));
    const auto capacity = layout.capacity(order.size(0)), missing = (kUnit - capacity % kUnit) % kUnit;
    unit_neurons_ = capacity + missing;
    const auto by_expert = [&](const at::Tensor& rows) {  // [E C, D] -> [E, C', D]
        return at::constant_pad_nd(rows.view({layout.experts, capacity, -1}), {0, 0, 0, missing});
    };
    gate_up_ = at::cat({by_expert(routed.gate), by_expert(routed.up)}, 1).transpose(1, 2);
    down_ = by_expert(routed.down.t().contiguous());
}

at::Tensor GroupedFeedForward::operator()(const at::Tensor& x) const {
    const at::NoGradGuard no_grad;
    const auto weights = route(x, router_, layout_).weights.t();  // W^T [E, T]
    const auto uses = weights.nonzero();                          // sorted by expert, then token
    const auto expert = uses.select(1, 0), token = uses.select(1, 1);
    const auto ends = at::bincount(expert, {}, layout_.experts).cumsum(0).to(at::kInt);
    const auto products = at::_grouped_mm(x.index_select(0, token), gate_up_, ends);
    const auto gate = products.narrow(1, 0, unit_neurons_),
               up = products.narrow(1, unit_neurons_, unit_neurons_);
    const auto h = activated(gate, activation_).mul_(up).mul_(weights.index({expert, token}).unsqueeze(1));
    // A token's experts are added up in fp32 at least, as a product over all of its neurons does it.
    const auto wide = at::promote_types(x.scalar_type(), at::kFloat);
    auto y = layout_.shared > 0 ? dense_feed_forward(x, shared_).to(wide) : at::zeros_like(x, wide);
    return y.index_add_(0, token, at::_grouped_mm(h, down_, ends).to(wide)).to(x.scalar_type());
}

FeedForward grouped_feed_forward(const Weights& weights, const ExpertSet& experts) {
    struct Layer {
        std::optional<GroupedFeedForward> grouped;
        LayerWeights dense;
    };
    const auto layers = std::make_shared<std::vector<Layer>>();
    for (std::size_t l = 0; l < experts.layers.size(); ++l) {
        if (experts.layers[l].owner.defined())
            layers->push_back({GroupedFeedForward(weights.layers[l], experts.layers[l], experts.layout), {}});
        else
            layers->push_back({std::nullopt, weights.layers[l]});
    }
    return [layers](const at::Tensor& x, std::int64_t layer) {
        const auto& [grouped, dense] = layers->at(static_cast<std::size_t>(layer));
        return grouped ? (*grouped)(x.flatten(0, -2)).view(x.sizes()) : dense_feed_forward(x, dense);
    };
}

}  // namespace dotmoe
