// What storing weights in a number format costs by itself: the yardstick for exports that are not F32.
#pragma once

#include <ATen/ATen.h>

#include "formats/gguf.h"
#include "model/weights.h"

namespace dotmoe {

/// The values nearest to w that the type can hold: F32, F16, BF16 or Q8_0 (rows of 32 that share the scale
/// max|w| / 127; a row that does not divide is rounded to F16). Written apart from the exporter's quantiser,
/// which it judges. Throws Error on another type.
at::Tensor rounded(const at::Tensor& tensor, gguf::TensorType type);

/// All matrices rounded; norms as they are.
Weights rounded(const Weights& weights, gguf::TensorType type);

}  // namespace dotmoe
