#include "formats/quantize_q4_k.h"

#include <c10/util/Half.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

namespace dotmoe {
namespace {

constexpr int kSubBlocks = 8, kValues = 32, kLargest = 15, kLargestScale = 63;

/// w = scale q - min, min >= 0: the file knows no other.
struct Affine {
    float scale = 0, min = 0;
};

std::array<int, kValues> quants_of(const float* values, const Affine& affine) {
    std::array<int, kValues> quants{};
    if (affine.scale > 0)
        for (int i = 0; i < kValues; ++i)
            quants[i] = std::clamp(static_cast<int>(std::lround((values[i] + affine.min) / affine.scale)), 0,
                                   kLargest);
    return quants;
}

double squared_error(const float* values, const std::array<int, kValues>& quants, const Affine& affine) {
    double error = 0;
    for (int i = 0; i < kValues; ++i) {
        const double off = affine.scale * static_cast<float>(quants[i]) - affine.min - values[i];
        error += off * off;
    }
    return error;
}

/// Least squares of w on q.
Affine fitted(const float* values, const std::array<int, kValues>& quants) {
    double q = 0, qq = 0, w = 0, qw = 0;
    for (int i = 0; i < kValues; ++i) {
        q += quants[i];
        qq += quants[i] * quants[i];
        w += values[i];
        qw += quants[i] * static_cast<double>(values[i]);
    }
    const double determinant = kValues * qq - q * q;
    if (determinant <= 0) return {};
    const double scale = (kValues * qw - q * w) / determinant, min = (q * qw - qq * w) / determinant;
    if (min < 0) return {static_cast<float>(qw / qq), 0};
    return {static_cast<float>(scale), static_cast<float>(min)};
}

/// Begins with the range cut into somewhat more or fewer than 15 steps: the ends may be clipped when the rest
/// gains by it.
Affine best_affine(const float* values) {
    const auto [low, high] = std::minmax_element(values, values + kValues);
    const float bottom = std::min(*low, 0.0F), range = *high - bottom;
    if (range <= 0) return {0, -bottom};
    Affine best{range / kLargest, -bottom};
    auto least = squared_error(values, quants_of(values, best), best);
    for (float steps = kLargest - 1.0F; steps <= kLargest + 1.0F; steps += 0.1F) {
        const auto affine = fitted(values, quants_of(values, {range / steps, -bottom}));
        if (affine.scale <= 0) continue;
        const auto error = squared_error(values, quants_of(values, affine), affine);
        if (error >= least) continue;
        least = error;
        best = affine;
    }
    return best;
}

/// Scales and minima of six bits in 12 bytes: of sub-blocks 0 to 3 whole in bytes 0-7, of 4 to 7 the low four
/// bits in bytes 8-11 and the upper two on top of bytes 0-7.
void pack(const std::array<int, kSubBlocks>& scales, const std::array<int, kSubBlocks>& mins,
          std::byte* bytes) {
    for (std::size_t j = 0; j < 4; ++j) {
        bytes[j] = static_cast<std::byte>(scales[j] | (scales[j + 4] >> 4) << 6);
        bytes[j + 4] = static_cast<std::byte>(mins[j] | (mins[j + 4] >> 4) << 6);
        bytes[j + 8] = static_cast<std::byte>((scales[j + 4] & 0x0f) | (mins[j + 4] & 0x0f) << 4);
    }
}

/// The fp16 unit of six-bit counts that reach `largest`, and that unit as it is read back.
float unit_of(float largest, std::byte* bytes) {
    const c10::Half unit(largest / kLargestScale);
    std::memcpy(bytes, &unit.x, sizeof(unit.x));
    return unit;
}

int counted(float value, float unit) {
    return unit > 0 ? std::clamp(static_cast<int>(std::lround(value / unit)), 0, kLargestScale) : 0;
}

}  // namespace

void quantize_q4_k(const float* values, std::byte* block) {
    std::array<Affine, kSubBlocks> affine;
    Affine largest;
    for (std::size_t j = 0; j < kSubBlocks; ++j) {
        affine[j] = best_affine(values + j * kValues);
        largest.scale = std::max(largest.scale, affine[j].scale);
        largest.min = std::max(largest.min, affine[j].min);
    }
    const Affine unit{unit_of(largest.scale, block), unit_of(largest.min, block + 2)};
    std::array<int, kSubBlocks> scales{}, mins{};
    std::byte* packed = block + 16;
    for (std::size_t j = 0; j < kSubBlocks; ++j) {
        scales[j] = counted(affine[j].scale, unit.scale);
        mins[j] = counted(affine[j].min, unit.min);
        const auto quants = quants_of(values + j * kValues, {unit.scale * static_cast<float>(scales[j]),
                                                             unit.min * static_cast<float>(mins[j])});
        // Two sub-blocks share 32 bytes: the first in the low halves.
        for (std::size_t i = 0; i < kValues; ++i) {
            auto& byte = packed[j / 2 * kValues + i];
            byte = j % 2 == 0 ? static_cast<std::byte>(quants[i])
                              : byte | static_cast<std::byte>(quants[i] << 4);
        }
    }
    pack(scales, mins, block + 4);
}

}  // namespace dotmoe
