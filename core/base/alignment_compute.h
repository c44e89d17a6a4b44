// Number format of what the alignment gathers from a text and trains with.
#pragma once

#include "base/compute.h"

namespace dotmoe {

/// `compute`, and bf16 on a CPU that has dot products of it (AVX512-BF16): matrix products are three times as
/// fast as in fp32 there, and their rounding is small beside what differs from text to text. Sums over a text
/// and what is solved are fp32 and fp64; what judges stays in the format of `compute`. A property of the
/// machine, as choose_compute() is.
Compute alignment_compute(const Compute& compute);

}  // namespace dotmoe
