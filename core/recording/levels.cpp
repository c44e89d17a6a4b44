#include "recording/levels.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace dotmoe {
namespace {

constexpr float top = 255;

}  // namespace

Levels to_levels(std::span<const float> values) {
    Levels result;
    for (const float value : values)
        if (std::isfinite(value)) result.largest = std::max(result.largest, value);
    result.level.reserve(values.size());
    for (const float value : values) {
        const float share = value > 0 ? std::min(value / result.largest, 1.0F) : 0;
        result.level.push_back(static_cast<std::uint8_t>(std::lround(top * std::sqrt(share))));
    }
    return result;
}

std::vector<float> from_levels(const Levels& levels) {
    std::array<float, 256> table{};
    for (std::size_t i = 0; i < table.size(); ++i) {
        const float root = static_cast<float>(i) / top;
        table[i] = levels.largest * root * root;
    }
    std::vector<float> values(levels.level.size());
    std::ranges::transform(levels.level, values.begin(), [&](std::uint8_t level) { return table[level]; });
    return values;
}

}  // namespace dotmoe
