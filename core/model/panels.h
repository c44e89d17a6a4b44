// Weight matrices as panels: what the kernel reads in one sweep lies in one piece.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#include "model/pair_kernel.h"
#include "model/weight_format.h"

namespace dotmoe {

/// Of a product's inputs; sums are fp32 either way.
enum class Arithmetic {
    fp32,  ///< x as it is, the weights widened
    bf16   ///< x rounded, dot products of the processor's own (model/pair_kernel.h)
};

/// y = x W^T for W [count * kPanelWidth, depth] as [count, depth, kPanelWidth], or the bytes of int8
/// (model/panel_kernel.h); the memory is another's.
struct Panels {
    WeightFormat format;
    const void* weights;
    std::int64_t depth, count;
    bool exact = false;  ///< x is never rounded

    /// `number` of them from `first` on.
    Panels slice(std::int64_t first, std::int64_t number) const;
};

/// Panels of W [R, K], the last one filled up with zero rows: [ceil(R / kPanelWidth), K, kPanelWidth], of
/// int8 [ceil(R / kPanelWidth), bytes].
at::Tensor pack_panels(const at::Tensor& weight, WeightFormat format);
std::int64_t panel_bytes(WeightFormat format, std::int64_t depth);

/// bf16 for weights of that format, unless they are exact, from as many rows on as outweigh the preparation,
/// where it was measured to be faster (model/product_arithmetic.h).
Arithmetic arithmetic_of(const Panels& panels, std::int64_t rows);

/// out[r] (+)= x[r] W^T on this thread: x[r] [depth], out[r] [count * kPanelWidth], any number of rows.
void multiply(const Panels& panels, const float* const* x, float* const* out, std::int64_t rows,
              bool accumulate = false);
/// By Arithmetic::bf16, x rounded already (model/pair_kernel.h): x[r] [pairs_of(depth)].
void multiply(const Panels& panels, const Pair* const* x, float* const* out, std::int64_t rows,
              bool accumulate = false);
/// The same by the arithmetic named; bf16 needs bf16 weights and has_pair_products().
void multiply_by(Arithmetic arithmetic, const Panels& panels, const float* const* x, float* const* out,
                 std::int64_t rows, bool accumulate = false);

}  // namespace dotmoe
