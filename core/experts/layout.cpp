#include "experts/layout.h"

#include <algorithm>

#include "base/error.h"

namespace dotmoe {
namespace {

/// "84 (16 each) or 64 (21 each) would": the divisors of `routed` on both sides of `experts`, the nearer one
/// first.
std::string nearest_divisors(std::int64_t routed, std::int64_t experts) {
    auto below = std::min(experts, routed), above = experts;
    while (below > 1 && routed % below != 0) --below;
    while (above < routed && routed % above != 0) ++above;
    if (above >= routed) above = routed;
    if (above - experts < experts - below) std::swap(below, above);
    const auto first = fmt::format("{} ({} each)", below, routed / below);
    return below == above ? first + " would"
                          : fmt::format("{} or {} ({} each) would", first, above, routed / above);
}

void check_active(std::int64_t active, std::int64_t experts) {
    if (active < 1 || active > experts)
        fail_usage("{} active experts of {}: between 1 and {} can be active", active, experts, experts);
}

}  // namespace

std::vector<std::int64_t> Layout::capacities(std::int64_t neurons) const {
    std::vector<std::int64_t> result(static_cast<std::size_t>(columns()), capacity(neurons));
    if (shared > 0) result.front() = shared;
    return result;
}

double Layout::active_share(std::int64_t neurons) const {
    return static_cast<double>(shared + active * capacity(neurons)) / static_cast<double>(neurons);
}

Layout Layout::with_active(std::int64_t other) const {
    check_active(other, experts);
    auto layout = *this;
    layout.active = other;
    return layout;
}

void check_layout(const Layout& layout, std::int64_t neurons) {
    const auto& [experts, active, shared, routing] = layout;
    if (experts < 1) fail_usage("{} experts: at least 1 is needed", experts);
    check_active(active, experts);
    if (shared < 0 || shared >= neurons)
        fail_usage("{} shared neurons of {}: between 0 and {} can be shared", shared, neurons, neurons - 1);
    if ((neurons - shared) % experts != 0)
        fail_usage("{} - {} shared neurons do not divide into {} experts; {}", neurons, shared, experts,
                   nearest_divisors(neurons - shared, experts));
}

}  // namespace dotmoe
