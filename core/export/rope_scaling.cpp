#include "export/rope_scaling.h"

#include <algorithm>
#include <cmath>

namespace dotmoe {
namespace {

// A GGUF holds the divisors in fp32.
constexpr double tolerance = 1e-5;

bool near(double a, double b) {
    return std::abs(a - b) <= tolerance * std::abs(b);
}

}  // namespace

std::optional<double> linear_scaling(const ModelConfig& config) {
    const auto& divisors = config.rope_divisors;
    if (divisors.empty()) return 1.0;
    const double first = divisors.front();
    if (std::ranges::all_of(divisors, [&](double each) { return each == first; })) return first;
    return std::nullopt;
}

std::optional<Llama3Scaling> llama3_scaling(const ModelConfig& config) {
    if (linear_scaling(config)) return std::nullopt;
    constexpr double longest = 0x1p24;
    Llama3Scaling scaling{.factor = *std::ranges::max_element(config.rope_divisors),
                          .low_frequency = 1,
                          .high_frequency = 4,
                          .original_context = 16};
    for (; scaling.original_context <= longest; scaling.original_context *= 2)
        if (std::ranges::equal(llama3_rope_divisors(scaling, config.rope_base, config.head_width),
                               config.rope_divisors, near))
            return scaling;
    return std::nullopt;
}

}  // namespace dotmoe
