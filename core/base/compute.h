// Device and number format of the matrix products.
#pragma once

#include <ATen/ATen.h>

#include "base/device.h"

namespace dotmoe {

/// The residual stream, softmax, norms and losses stay in fp32 whatever the matrix products use.
struct Compute {
    at::Device device = at::kCPU;
    at::ScalarType dtype = at::kFloat;
};

/// Resolves the device (throws Error when CUDA was asked for and no GPU answers) and takes bf16 where the
/// hardware multiplies it in matrix units (AMX, GPUs), else fp32. A property of the machine and not of a
/// timing, so that the same seed gives the same assignment.
Compute choose_compute(DeviceChoice choice);

/// fp32 on the resolved device: for checks that compare logits.
Compute exact_compute(DeviceChoice choice);

}  // namespace dotmoe
