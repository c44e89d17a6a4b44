// Shapes and routings that every way to compute a converted FFN is tested with.
#pragma once

#include <cstdint>
#include <ostream>

#include "experts/layout.h"

namespace dotmoe::test {

struct FfnCase {
    std::int64_t width, neurons;
    Layout layout;
};

inline void PrintTo(const FfnCase& c, std::ostream* out) {
    *out << "D " << c.width << ", " << c.layout.shared << " + " << c.layout.active << " of "
         << c.layout.experts << " in " << c.neurons << " neurons, rule "
         << static_cast<int>(c.layout.routing.rule) << ", capacity factor "
         << c.layout.routing.capacity_factor;
}

constexpr RoutingOptions routing(RoutingRule rule, double capacity_factor = 0) {
    return {.rule = rule, .noise = 0.1, .capacity_factor = capacity_factor};
}

}  // namespace dotmoe::test
