#include "export/export_plan.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

#include "base/error.h"
#include "experts/masked_ffn.h"
#include "export/exportable.h"
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

bool selects_first(const Architecture& architecture) {
    return architecture.weighing == Weighing::softmax_of_selected;
}

bool weighs_exactly(const Architecture& architecture, const Layout& layout, RouterScale scale) {
    if (weighs_by_softmax(layout.routing) || layout.active == layout.experts || layout.active == 1)
        return true;
    return selects_first(architecture) && scale == RouterScale::exact;
}

/// Empty when the architecture can hold the conversion, else why not.
std::string why_not_here(const Architecture& architecture, const ModelConfig& config, const Layout& layout) {
    if (weighs_by_softmax(layout.routing) && architecture.weighing == Weighing::sigmoid_of_all)
        return "it weighs experts by sigmoids, the conversion was trained with a softmax";
    return why_not(architecture, config, layout.shared);
}

std::string reason_of(const Architecture& architecture, const Layout& layout, bool exact) {
    const auto shared =
        layout.shared == 0 ? "no shared neurons" : fmt::format("{} shared neurons", layout.shared);
    if (weighs_by_softmax(layout.routing))
        return fmt::format("{}; it weighs experts as the conversion was trained to", shared);
    if (!exact)
        return fmt::format("{}; {}", shared,
                           selects_first(architecture)
                               ? "portable routers were asked for"
                               : "it weighs experts before it selects them, so weights are near 1, not 1");
    if (layout.active == layout.experts) return shared + "; all experts are on, so none is chosen wrong";
    if (layout.active == 1) return shared + "; one expert a token weighs 1 in every architecture";
    return shared + "; it selects before the softmax, so weights are exactly 1";
}

void choose_architecture(ExportPlan& plan, const ModelConfig& config, const ExportRequest& request) {
    if (!request.architecture.empty()) {
        plan.architecture = &find_architecture(request.format, request.architecture);
        if (const auto why = why_not_here(*plan.architecture, config, plan.layout); !why.empty())
            fail("{} cannot hold this conversion: {}", plan.architecture->class_name, why);
    } else {
        std::string refusals;
        for (const auto& candidate : architectures()) {
            if (candidate.format != request.format) continue;
            if (const auto why = why_not_here(candidate, config, plan.layout); !why.empty()) {
                refusals += fmt::format("; {}: {}", candidate.class_name, why);
                continue;
            }
            const bool exact = weighs_exactly(candidate, plan.layout, request.routers);
            if (plan.architecture == nullptr || exact) plan.architecture = &candidate;
            if (exact) break;
        }
        if (plan.architecture == nullptr)
            fail("no architecture of this format holds the conversion{}", refusals);
    }
    plan.reason = reason_of(*plan.architecture, plan.layout,
                            weighs_exactly(*plan.architecture, plan.layout, request.routers));
}

}  // namespace

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

ExportPlan plan_export(const Model& model, const ExpertSet& experts, const ExportRequest& request) {
    require_exportable(model);
    check_experts(model, experts);
    check_routing(experts.layout.routing);
    if (request.format == ExportFormat::huggingface && in_blocks(request.numbers))
        fail_usage(
            "Q8_0 and Q4_K are number formats of GGUF; a Hugging Face export is written in f32, bf16 or f16");
    const auto& layout = experts.layout;
    ExportPlan plan;
    plan.layout = layout;
    plan.numbers = request.numbers;
    plan.shard_bytes = request.shard_bytes;
    choose_architecture(plan, model.config, request);

    const auto count = experts.layers.size();
    plan.exact = weighs_exactly(*plan.architecture, layout, request.routers);
    if (weighs_by_softmax(layout.routing)) {
        plan.router_factor.assign(count, 1.0);
    } else if (plan.exact) {
        const bool alone = layout.active == 1 && layout.experts > 1 &&
                           !(selects_first(*plan.architecture) && request.routers == RouterScale::exact);
        plan.router_factor.assign(count, alone ? 1.0 : exact_factor);
    } else {
        // A router that says nothing (spread 0) is scaled as one of spread 1: all is a tie either way.
        for (const double spread : router_spread(model, experts))
            plan.router_factor.push_back(nearest_power_of_two(portable_factor / (spread > 0 ? spread : 1.0)));
    }
    return plan;
}

}  // namespace dotmoe
