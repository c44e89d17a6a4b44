// The number formats that exports are written in.
#pragma once

#include <ATen/ATen.h>

#include <cstddef>
#include <string_view>
#include <vector>

#include "formats/gguf.h"

namespace dotmoe {

/// Whether rows of this length divide into blocks of the type.
bool rows_divide(gguf::TensorType type, std::int64_t row);

/// The tensor's values as they lie in a file of F32, F16, BF16, Q4_K (formats/quantize_q4_k.h) or Q8_0
/// (ggml's blocks of 32: a scale in fp16, max|w| / 127, and 32 times round(w / scale) in int8). Rows are the
/// last dimension, and must divide.
std::vector<std::byte> encoded(const at::Tensor& tensor, gguf::TensorType type);

}  // namespace dotmoe
