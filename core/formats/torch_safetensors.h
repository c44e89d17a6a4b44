// Between at::Tensor and safetensors files.
#pragma once

#include <ATen/ATen.h>

#include <string>

#include "formats/safetensors.h"

namespace dotmoe {

/// The tensor as an entry to write; its bytes are copied to the CPU when its turn comes. fp32, fp16, bf16,
/// fp64, int64, int32 and uint8; throws Error on another type.
safetensors::TensorToWrite to_write(std::string name, const at::Tensor& tensor);

/// A CPU tensor of its own memory.
at::Tensor to_tensor(const safetensors::Tensor& entry);

}  // namespace dotmoe
