#include "experts/column_weights.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <vector>

#include "base/team.h"
#include "experts/router.h"

namespace dotmoe {
namespace {

constexpr std::int64_t kTokens = 64;  // worth a thread

/// Larger for a larger logit, and among equal ones for the lower expert.
std::uint64_t key(float logit, std::int64_t expert) {
    const auto bits = std::bit_cast<std::uint32_t>(logit + 0.0F);  // -0 becomes 0
    const auto ordered = bits ^ ((bits >> 31) != 0 ? 0xFFFFFFFFU : 0x80000000U);
    return std::uint64_t{ordered} << 32 | static_cast<std::uint32_t>(~expert);
}

std::int64_t expert_of(std::uint64_t key) {
    return static_cast<std::uint32_t>(~static_cast<std::uint32_t>(key));
}

/// e^(logit - top) summed over the experts that `keys` hold.
float mass(const float* logits, const std::vector<std::uint64_t>& keys, std::int64_t count, float top) {
    float sum = 0;
    for (std::int64_t i = 0; i < count; ++i)
        sum += std::exp(logits[expert_of(keys[static_cast<std::size_t>(i)])] - top);
    return sum;
}

void weigh_token(const float* logits, const Layout& layout, std::vector<std::uint64_t>& keys,
                 float* weights) {
    const auto experts = layout.experts, active = layout.active;
    for (std::int64_t e = 0; e < experts; ++e) keys[static_cast<std::size_t>(e)] = key(logits[e], e);
    if (active < experts) std::nth_element(keys.begin(), keys.begin() + active, keys.end(), std::greater<>());
    std::fill_n(weights, experts, 0.0F);
    const auto rule = layout.routing.rule;
    const bool unit = rule == RoutingRule::unit;
    const float top = *std::max_element(logits, logits + experts);
    const float scale = unit ? 1
                        : rule == RoutingRule::switch_
                            ? 1 / mass(logits, keys, experts, top)
                            : static_cast<float>(active) / mass(logits, keys, active, top);
    for (std::int64_t i = 0; i < active; ++i) {
        const auto e = expert_of(keys[static_cast<std::size_t>(i)]);
        weights[e] = unit ? 1 : scale * std::exp(logits[e] - top);
    }
}

/// Rules that look at the whole text.
bool looks_at_all_tokens(const RoutingOptions& routing) {
    return routing.rule == RoutingRule::expert_choice || routing.capacity_factor > 0;
}

}  // namespace

void column_weights(const float* logits, const std::vector<std::int64_t>& texts, const Layout& layout,
                    float* weights) {
    const auto tokens = std::reduce(texts.begin(), texts.end());
    const auto experts = layout.experts, columns = layout.columns(), first = layout.first_routed();
    if (first > 0)
        for (std::int64_t t = 0; t < tokens; ++t) weights[t * columns] = 1;
    if (looks_at_all_tokens(layout.routing)) {
        for (const auto rows : texts) {
            const auto all = at::from_blob(const_cast<float*>(logits), {rows, experts}, at::kFloat);
            at::from_blob(weights, {rows, columns}, at::kFloat)
                .narrow(1, first, experts)
                .copy_(route_logits(all, layout).weights);
            logits += rows * experts;
            weights += rows * columns;
        }
        return;
    }
    share_out((tokens + kTokens - 1) / kTokens, [&](std::int64_t block) {
        std::vector<std::uint64_t> keys(static_cast<std::size_t>(experts));
        for (auto t = block * kTokens; t < std::min(tokens, (block + 1) * kTokens); ++t)
            weigh_token(logits + t * experts, layout, keys, weights + t * columns + first);
    });
}

}  // namespace dotmoe
