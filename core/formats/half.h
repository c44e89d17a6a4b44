// 16-bit floats to 32 bits, exactly (every value of both formats is a float).
#pragma once

#include <bit>
#include <cstdint>

namespace dotmoe {

/// bfloat16: the upper half of a float.
inline float bf16_to_float(std::uint16_t bits) {
    return std::bit_cast<float>(std::uint32_t{bits} << 16);
}

/// IEEE binary16. Both branches are computed and one is selected, so that loops vectorise; no step makes a
/// denormal float, so the result does not depend on the flush-to-zero mode.
inline float fp16_to_float(std::uint16_t bits) {
    const std::uint32_t sign = (std::uint32_t{bits} & 0x8000u) << 16;
    const std::uint32_t magnitude = std::uint32_t{bits} & 0x7fffu;
    // Exponent and mantissa moved to their places, exponent bias 15 -> 127 (and 31 -> 255 for infinity and
    // NaN).
    const float normal = std::bit_cast<float>((magnitude << 13) + (0xe0u << 23)) * 0x1.0p-112f;
    // Mantissa * 2^-24, read off as the last bits of a float in [0.5, 1).
    const float subnormal = std::bit_cast<float>(magnitude | (126u << 23)) - 0.5f;
    const auto value = std::bit_cast<std::uint32_t>(magnitude < 0x400u ? subnormal : normal);
    return std::bit_cast<float>(sign | value);
}

}  // namespace dotmoe
