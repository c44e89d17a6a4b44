// How products of many rows by bf16 weights are computed on this machine.
#pragma once

#include "model/panels.h"

namespace dotmoe {

/// What was faster for the gate and up product of an expert's tokens; measured at the first call, which takes
/// some milliseconds. bf16 rounds x, so it must gain a quarter: there are processors whose dot products are
/// no faster than their fp32.
Arithmetic measured_arithmetic();

}  // namespace dotmoe
