// Numbers in 0..largest as a few bits each: what a picture needs of them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace dotmoe {

/// value = largest * (level / 255)^2: steps of 1/65025 of the largest near zero, where most of a plan's mass
/// values lie, and of 1/128 of it at the top. The error is at most sqrt(value * largest) / 255 + largest /
/// 260,100, so under half a hundredth of the largest everywhere.
struct Levels {
    float largest = 0;
    std::vector<std::uint8_t> level;
};

/// Negative and NaN become 0.
Levels to_levels(std::span<const float> values);
std::vector<float> from_levels(const Levels& levels);

}  // namespace dotmoe
