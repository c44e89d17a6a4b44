#include "experts/router.h"

#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace dotmoe {
namespace {

/// The k largest logits of each token, best first; equal ones go to the lowest expert on every device, which
/// topk does not promise. [T, E] -> [T, k] int64
at::Tensor best_experts(const at::Tensor& logits, std::int64_t active) {
    if (!logits.is_cpu())
        return at::argsort(logits, /*stable=*/true, -1, /*descending=*/true)
            .narrow(-1, 0, active)
            .contiguous();
    // Sorting all E of them takes several times as long.
    const auto values = logits.contiguous();
    const auto experts = values.size(-1);
    auto sizes = values.sizes().vec();
    sizes.back() = active;
    auto chosen = at::empty(sizes, values.options().dtype(at::kLong));
    auto* best = chosen.mutable_data_ptr<std::int64_t>();
    AT_DISPATCH_FLOATING_TYPES(values.scalar_type(), "best_experts", [&] {
        const auto* value = values.const_data_ptr<scalar_t>();
        at::parallel_for(0, values.numel() / experts, 256, [&](std::int64_t first, std::int64_t last) {
            std::vector<std::int64_t> order(static_cast<std::size_t>(experts));
            for (auto token = first; token < last; ++token) {
                const auto* row = value + token * experts;
                std::iota(order.begin(), order.end(), 0);
                std::partial_sort(order.begin(), order.begin() + active, order.end(), [row](auto a, auto b) {
                    return row[a] > row[b] || (row[a] == row[b] && a < b);
                });
                std::copy_n(order.begin(), active, best + token * active);
            }
        });
    });
    return chosen;
}

/// R of expert choice: the T k / E tokens of largest p in each column (at least one).
at::Tensor best_tokens(const at::Tensor& probabilities, std::int64_t active) {
    const auto tokens = probabilities.size(0), experts = probabilities.size(1);
    const auto share = std::clamp<std::int64_t>(tokens * active / experts, 1, tokens);
    const auto order = at::argsort(probabilities, /*stable=*/true, 0, /*descending=*/true);
    return at::zeros_like(probabilities).scatter_(0, order.narrow(0, 0, share), 1);
}

/// R without what comes after the ceil(factor T k / E) first tokens of an expert.
at::Tensor within_capacity(const at::Tensor& mask, std::int64_t active, double factor) {
    const auto share = static_cast<double>(mask.size(0) * active) / static_cast<double>(mask.size(1));
    return mask * mask.cumsum(0).le(std::ceil(factor * share));
}

at::Tensor score(const at::Tensor& x, const at::Tensor& router) {
    return at::matmul(x.to(router.scalar_type()), router);
}

Routing unrouted(const at::Tensor& logits) {
    Routing routing;
    routing.logits = logits;
    routing.probabilities = at::softmax(logits, -1);
    return routing;
}

void choose(Routing& routing, const at::Tensor& logits, std::int64_t active) {
    routing.chosen = best_experts(logits.detach(), active);
    routing.mask = at::zeros_like(logits.detach()).scatter_(-1, routing.chosen, 1);
}

}  // namespace

Routing route(const at::Tensor& x, const at::Tensor& router, std::int64_t active) {
    auto routing = unrouted(score(x, router));
    choose(routing, routing.logits, active);
    routing.weights = routing.mask;
    return routing;
}

Routing route(const at::Tensor& x, const at::Tensor& router, const Layout& layout,
              const std::optional<at::Generator>& noise) {
    return route_logits(score(x, router), layout, noise);
}

Routing route_logits(const at::Tensor& clean, const Layout& layout,
                     const std::optional<at::Generator>& noise) {
    const auto& [rule, spread, factor] = layout.routing;
    auto routing = unrouted(clean);
    auto logits = clean;
    if (rule == RoutingRule::noisy && noise)
        logits = logits + spread * at::randn(logits.sizes(), *noise, at::kFloat).to(logits.options());
    choose(routing, logits, layout.active);
    if (rule == RoutingRule::expert_choice)
        routing.mask = best_tokens(routing.probabilities.detach(), layout.active);
    const auto wanted = routing.mask;
    if (factor > 0) {
        routing.mask = within_capacity(wanted, layout.active, factor);
        routing.dropped = (wanted - routing.mask).sum().item<std::int64_t>();
    }
    routing.weights = rule_weights(layout, logits, wanted) * routing.mask;
    return routing;
}

at::Tensor rule_weights(const Layout& layout, const at::Tensor& logits, const at::Tensor& mask) {
    switch (layout.routing.rule) {
        case RoutingRule::unit:
        case RoutingRule::expert_choice:
            return mask;
        case RoutingRule::switch_:
            return at::softmax(logits, -1) * mask;
        case RoutingRule::renormalised:
        case RoutingRule::noisy:
            return static_cast<double>(layout.active) *
                   at::softmax(logits.masked_fill(mask == 0, -std::numeric_limits<double>::infinity()), -1);
    }
    return mask;
}

at::Tensor straight_through(const Routing& routing) {
    return routing.weights + (routing.probabilities - routing.probabilities.detach());
}

at::Tensor linear_straight_through(const Routing& routing) {
    return routing.weights + (routing.logits - routing.logits.detach());
}

at::Tensor expert_load(const at::Tensor& mask) {
    const auto uses = mask.reshape({-1, mask.size(-1)}).sum(0);
    return uses / uses.mean();
}

}  // namespace dotmoe
