// What lies between the matrix products of the CPU runtime, on rows of fp32.
#pragma once

#include <cstdint>

namespace dotmoe {

/// y = x / sqrt(mean(x^2) + epsilon) * weight, for `rows` rows of `width`; on all threads.
void rms_norm_rows(const float* x, const float* weight, double epsilon, std::int64_t rows, std::int64_t width,
                   float* y);
/// One row, on this thread; x and y may be the same.
void rms_norm_row(const float* x, const float* weight, double epsilon, std::int64_t width, float* y);

/// x = softmax(scale x) over the first `count` >= 1 values, and 0 in the rest of `room`, a multiple of 16.
void softmax_row(float* x, float scale, std::int64_t count, std::int64_t room);

/// x += y, `count` values.
void add_to(float* x, const float* y, std::int64_t count);

/// model/rope.h's rotation of one head in place, its tables [head_width / 2].
void rotate_head(float* head, const float* cos, const float* sin, std::int64_t head_width);

/// One query over `positions` keys and values, both [positions, head_width]: out = softmax(scale
/// q k^T) v. scores: room for `positions` values, rounded up to 16.
void attend_head(const float* query, const float* keys, const float* values, std::int64_t positions,
                 std::int64_t head_width, float scale, float* scores, float* out);

}  // namespace dotmoe
