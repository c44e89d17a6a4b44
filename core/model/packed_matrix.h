// A matrix of weights for the CPU runtime.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#include "model/panels.h"

namespace dotmoe {

/// W [R, K] of y = x W^T.
class PackedMatrix {
  public:
    /// Of an `exact` one x is never rounded: a router's choice hangs on little.
    PackedMatrix(const at::Tensor& weight, WeightFormat format, bool exact = false);

    /// x [T, K] -> y [T, R], contiguous fp32, on all threads.
    void multiply(const float* x, std::int64_t tokens, float* y) const;

    std::int64_t rows() const { return rows_; }
    std::int64_t bytes() const { return static_cast<std::int64_t>(values_.nbytes()); }

  private:
    Panels panels_;
    std::int64_t rows_;
    at::Tensor values_;
};

}  // namespace dotmoe
