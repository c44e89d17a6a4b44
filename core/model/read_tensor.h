// One tensor of a GGUF as fp32.
#pragma once

#include <ATen/ATen.h>

#include "formats/gguf.h"

namespace dotmoe {

/// Dequantised on the calling thread's share of cores, in the file's own row order; shape as in the file.
at::Tensor read_tensor(const gguf::Tensor& tensor);

/// Throws Error naming the file and the tensor when a value (fp32, CPU) is NaN or infinite.
void check_finite(const at::Tensor& values, std::string_view tensor, const std::filesystem::path& path);

}  // namespace dotmoe
