// What storing weights in a number format costs by itself: the yardstick for exports that are not F32.
#pragma once

#include <ATen/ATen.h>

#include "formats/gguf.h"
#include "model/weights.h"

namespace dotmoe {

/// The values nearest to w that the type can hold: F32, F16, BF16, Q8_0 (rows of 32 that share the scale
/// max|w| / 127; a row that does not divide is rounded to F16) or Q4_K (the range of 32 in 15 even steps,
/// without a search; a row that does not divide into 256 is rounded to Q8_0). Written apart from the
/// exporter's quantisers, which it judges. Throws Error on another type.
at::Tensor rounded(const at::Tensor& tensor, gguf::TensorType type);

/// All matrices rounded; norms as they are.
Weights rounded(const Weights& weights, gguf::TensorType type);

}  // namespace dotmoe
