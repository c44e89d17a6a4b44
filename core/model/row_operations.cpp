#include "model/row_operations.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/simd.h"
#include "base/team.h"

namespace dotmoe {
namespace {

constexpr std::int64_t kPack = 16;
constexpr std::int64_t kRows = 32;  // worth a thread

DOTMOE_INLINE float dot(const float* x, const float* y, std::int64_t size) {
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (std::int64_t i = 0; i < size; ++i) sum += x[i] * y[i];
    return sum;
}

DOTMOE_WIDEST_512 void norm_row(const float* x, const float* weight, float epsilon, std::int64_t width,
                                float* y) {
    const float scale = 1 / std::sqrt(dot(x, x, width) / static_cast<float>(width) + epsilon);
    for (std::int64_t i = 0; i < width; ++i) y[i] = x[i] * scale * weight[i];
}

DOTMOE_WIDEST_512 void add_values(float* x, const float* y, std::int64_t count) {
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i) x[i] += y[i];
}

DOTMOE_WIDEST_512 void rotate_pairs(float* a, float* b, const float* cos, const float* sin,
                                    std::int64_t pairs) {
#pragma omp simd
    for (std::int64_t i = 0; i < pairs; ++i) {
        const float x = a[i], y = b[i];
        a[i] = x * cos[i] - y * sin[i];
        b[i] = y * cos[i] + x * sin[i];
    }
}

/// x = softmax(scale x) over the first `count`, and 0 up to `room`, whole packs.
DOTMOE_INLINE void softmax(float* x, float scale, std::int64_t count, std::int64_t room) {
    float top = -std::numeric_limits<float>::infinity(), sum = 0;
#pragma omp simd reduction(max : top)
    for (std::int64_t i = 0; i < count; ++i) top = x[i] > top ? x[i] : top;
    for (std::int64_t i = 0; i < (count + kPack - 1) / kPack * kPack; i += kPack)
        simd::store16(x + i, simd::exp_nonpositive(scale * (simd::load16(x + i) - top)));
    std::fill(x + count, x + room, 0.0F);
#pragma omp simd reduction(+ : sum)
    for (std::int64_t i = 0; i < count; ++i) sum += x[i];
    const float share = 1 / sum;
#pragma omp simd
    for (std::int64_t i = 0; i < count; ++i) x[i] *= share;
}

DOTMOE_WIDEST_512 void softmax_values(float* x, float scale, std::int64_t count, std::int64_t room) {
    softmax(x, scale, count, room);
}

DOTMOE_WIDEST_512 void attend(const float* query, const float* keys, const float* values,
                              std::int64_t positions, std::int64_t head_width, float scale, float* scores,
                              float* out) {
    for (std::int64_t s = 0; s < positions; ++s) scores[s] = dot(query, keys + s * head_width, head_width);
    softmax(scores, scale, positions, (positions + kPack - 1) / kPack * kPack);
    std::fill_n(out, head_width, 0.0F);
    for (std::int64_t s = 0; s < positions; ++s) {
        const float weight = scores[s];
        const auto* value = values + s * head_width;
#pragma omp simd
        for (std::int64_t i = 0; i < head_width; ++i) out[i] += weight * value[i];
    }
}

}  // namespace

void rms_norm_rows(const float* x, const float* weight, double epsilon, std::int64_t rows, std::int64_t width,
                   float* y) {
    share_out((rows + kRows - 1) / kRows, [&](std::int64_t block) {
        for (auto row = block * kRows; row < std::min(rows, (block + 1) * kRows); ++row)
            norm_row(x + row * width, weight, static_cast<float>(epsilon), width, y + row * width);
    });
}

void rms_norm_row(const float* x, const float* weight, double epsilon, std::int64_t width, float* y) {
    norm_row(x, weight, static_cast<float>(epsilon), width, y);
}

void softmax_row(float* x, float scale, std::int64_t count, std::int64_t room) {
    softmax_values(x, scale, count, room);
}

void add_to(float* x, const float* y, std::int64_t count) {
    add_values(x, y, count);
}

void rotate_head(float* head, const float* cos, const float* sin, std::int64_t head_width) {
    rotate_pairs(head, head + head_width / 2, cos, sin, head_width / 2);
}

void attend_head(const float* query, const float* keys, const float* values, std::int64_t positions,
                 std::int64_t head_width, float scale, float* scores, float* out) {
    attend(query, keys, values, positions, head_width, scale, scores, out);
}

}  // namespace dotmoe
