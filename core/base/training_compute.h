// Number format of the steps that train.
#pragma once

#include "base/compute.h"

namespace dotmoe {

/// `compute`, and bf16 on a CPU that has dot products of it (AVX512-BF16): matrix products are twice as fast
/// as in fp32 there, and a step's rounding is small beside its noise. What is summed over a text and solved,
/// and what judges, stays in the format of `compute`. A property of the machine, as choose_compute() is.
Compute training_compute(const Compute& compute);

}  // namespace dotmoe
