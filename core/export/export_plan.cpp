#include "export/export_plan.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "experts/masked_ffn.h"
#include "export/sample_text.h"
#include "model/transformer.h"

namespace dotmoe {
namespace {

constexpr double exact_factor = 0x1p-40, portable_factor = 0x1p-12;

void check_experts(const Model& model, const ExpertSet& experts) {
    const auto& config = model.config;
    check_layout(experts.layout, config.neurons);
    if (std::ssize(experts.layers) != config.layers)
        fail("{}: the conversion has {} layers and the model {}: it was made from another model",
             model.path.string(), experts.layers.size(), config.layers);
    for (std::int64_t layer = 0; layer < config.layers; ++layer) {
        const auto& [owner, router] = experts.layers[layer];
        if (!owner.defined() || !router.defined())
            fail("layer {} is still dense: finish the conversion before exporting it", layer);
        if (owner.sizes() != at::IntArrayRef{config.neurons} ||
            router.sizes() != at::IntArrayRef{config.width, experts.layout.experts})
            fail("layer {}: the experts do not fit the model {}", layer, model.path.string());
        if (!router.isfinite().all().item<bool>())
            fail("layer {}: the router has values that are not finite", layer);
        // Ours breaks ties by number (experts/router.h), the stock runtimes as they like.
        if (experts.layout.active < experts.layout.experts && !router.any().item<bool>())
            fail("layer {}: the router is zero (method = pruning): no stock format holds experts without one",
                 layer);
    }
}

void check_routing(const RoutingOptions& routing) {
    if (routing.rule == RoutingRule::switch_ || routing.rule == RoutingRule::expert_choice)
        fail(
            "no stock architecture has the conversion's routing rule: convert with routing.rule = \"unit\" "
            "or "
            "\"renormalised\"");
    if (routing.capacity_factor > 0)
        fail("stock architectures drop no tokens: convert with routing.capacity_factor = 0");
}

bool weighs_by_softmax(const RoutingOptions& routing) {
    return routing.rule == RoutingRule::renormalised || routing.rule == RoutingRule::noisy;
}

// A power of two only moves exponents: the router's own digits stay as they are, in bf16 too.
double nearest_power_of_two(double value) {
    return std::exp2(std::round(std::log2(value)));
}

}  // namespace

std::string_view class_name(StockArchitecture architecture) {
    return architecture == StockArchitecture::mixtral ? "MixtralForCausalLM" : "GraniteMoeSharedForCausalLM";
}

std::vector<double> router_spread(const Model& model, const ExpertSet& experts) {
    const Transformer transformer(model.config, model.weights);
    const auto converted = converted_feed_forward(model.weights, experts);
    std::vector<double> spread(experts.layers.size());
    const FeedForward measured = [&](const at::Tensor& x, std::int64_t layer) {
        const auto logits = x.to(at::kFloat).matmul(experts.layers[layer].router.to(x.device()));
        spread[layer] = (logits - logits.mean(-1, true)).square().mean().sqrt().item<double>();
        return converted(x, layer);
    };
    const at::NoGradGuard no_grad;
    transformer.hidden(sample_tokens(model).to(model.compute.device), measured);
    return spread;
}

ExportPlan plan_export(const Model& model, const ExpertSet& experts, RouterScale scale) {
    check_experts(model, experts);
    check_routing(experts.layout.routing);
    const auto& layout = experts.layout;
    const auto& config = model.config;
    ExportPlan plan;
    plan.layout = layout;
    plan.architecture =
        layout.shared > 0 ? StockArchitecture::granite_moe_shared : StockArchitecture::mixtral;
    const bool selects_first = plan.architecture == StockArchitecture::granite_moe_shared;
    if (selects_first && config.heads * config.head_width != config.width)
        fail(
            "GraniteMoeShared wants heads x head width = model width, here {} x {} is not {}: convert "
            "without "
            "shared neurons (--shared 0), which exports as Mixtral",
            config.heads, config.head_width, config.width);

    const auto count = experts.layers.size();
    plan.exact = true;
    if (weighs_by_softmax(layout.routing)) {
        plan.router_factor.assign(count, 1.0);
    } else if (layout.active == layout.experts || (selects_first && scale == RouterScale::exact)) {
        plan.router_factor.assign(count, exact_factor);
    } else if (layout.active == 1) {
        plan.router_factor.assign(count, 1.0);
    } else {
        plan.exact = false;
        // A router that says nothing (spread 0) is scaled as one of spread 1: all is a tie either way.
        for (const double spread : router_spread(model, experts))
            plan.router_factor.push_back(nearest_power_of_two(portable_factor / (spread > 0 ? spread : 1.0)));
    }
    return plan;
}

}  // namespace dotmoe
