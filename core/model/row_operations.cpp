#include "model/row_operations.h"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/simd.h"

namespace dotmoe {
namespace {

constexpr std::int64_t kPack = 16;

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

/// scores = e^(scores - top), filled up to whole packs with e^-inf = 0; returns their sum.
DOTMOE_INLINE float exponentials(float* scores, std::int64_t positions, float top) {
    const auto packs = (positions + kPack - 1) / kPack;
    std::fill(scores + positions, scores + packs * kPack, -std::numeric_limits<float>::infinity());
    float sum = 0;
    for (std::int64_t p = 0; p < packs; ++p)
        simd::store16(scores + p * kPack, simd::exp_nonpositive(simd::load16(scores + p * kPack) - top));
    std::fill(scores + positions, scores + packs * kPack, 0.0F);
#pragma omp simd reduction(+ : sum)
    for (std::int64_t s = 0; s < positions; ++s) sum += scores[s];
    return sum;
}

DOTMOE_WIDEST_512 void attend(const float* query, const float* keys, const float* values,
                              std::int64_t positions, std::int64_t head_width, float* scores, float* out) {
    const float scale = 1 / std::sqrt(static_cast<float>(head_width));
    float top = -std::numeric_limits<float>::infinity();
    for (std::int64_t s = 0; s < positions; ++s) {
        scores[s] = scale * dot(query, keys + s * head_width, head_width);
        top = std::max(top, scores[s]);
    }
    const float share = 1 / exponentials(scores, positions, top);
    std::fill_n(out, head_width, 0.0F);
    for (std::int64_t s = 0; s < positions; ++s) {
        const float weight = scores[s] * share;
        const auto* value = values + s * head_width;
#pragma omp simd
        for (std::int64_t i = 0; i < head_width; ++i) out[i] += weight * value[i];
    }
}

}  // namespace

void rms_norm_rows(const float* x, const float* weight, double epsilon, std::int64_t rows, std::int64_t width,
                   float* y) {
    at::parallel_for(0, rows, 32, [&](std::int64_t begin, std::int64_t end) {
        for (auto row = begin; row < end; ++row)
            norm_row(x + row * width, weight, static_cast<float>(epsilon), width, y + row * width);
    });
}

void add_to(float* x, const float* y, std::int64_t count) {
    add_values(x, y, count);
}

void rotate_head(float* head, const float* cos, const float* sin, std::int64_t head_width) {
    rotate_pairs(head, head + head_width / 2, cos, sin, head_width / 2);
}

void attend_head(const float* query, const float* keys, const float* values, std::int64_t positions,
                 std::int64_t head_width, float* scores, float* out) {
    attend(query, keys, values, positions, head_width, scores, out);
}

}  // namespace dotmoe
