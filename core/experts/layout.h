// How many experts of how many neurons. No torch in this header.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "experts/routing_rule.h"

namespace dotmoe {

/// N neurons = S shared + E experts of exactly C; every token uses the shared ones and k experts.
struct Layout {
    std::int64_t experts = 84;    ///< E
    std::int64_t active = 12;     ///< k
    std::int64_t shared = 192;    ///< S, always on; 0: no shared column
    RoutingOptions routing = {};  ///< how the k are chosen and weighed

    std::int64_t capacity(std::int64_t neurons) const { return (neurons - shared) / experts; }  ///< C
    std::int64_t columns() const { return experts + (shared > 0 ? 1 : 0); }
    std::int64_t first_routed() const { return shared > 0 ? 1 : 0; }  ///< column of routed expert 0
    /// Transport capacities: (S, C, ..., C), without the first where S = 0. Sum N.
    std::vector<std::int64_t> capacities(std::int64_t neurons) const;
    /// Share of the FFN neurons a token uses: (S + k C) / N.
    double active_share(std::int64_t neurons) const;

    /// The same experts with another k. Throws UsageError where it is not in 1..E.
    Layout with_active(std::int64_t other) const;

    bool operator==(const Layout&) const = default;
};

/// Throws UsageError saying which rule is broken and the nearest values that work: E >= 1, 1 <= k <= E, 0 <=
/// S < N, (N - S) divisible by E.
void check_layout(const Layout& layout, std::int64_t neurons);

}  // namespace dotmoe
