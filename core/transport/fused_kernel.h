// The Gibbs kernel on the CPU in fp32: each pass reads K once.
#pragma once

#include "transport/gibbs_kernel.h"

namespace dotmoe {

/// K's rows are padded with zeros to whole vectors.
class FusedKernel final : public GibbsKernel {
  public:
    FusedKernel(const at::Tensor& affinity, double temperature);

    at::Tensor absorb(const at::Tensor& g) override;
    RowUpdate update_rows(const at::Tensor& v, const at::Tensor& last_u) const override;
    at::Tensor plan(const at::Tensor& u, const at::Tensor& v) const override;

  private:
    at::Tensor padded(const at::Tensor& of_columns) const;

    at::Tensor affinity_;  // [L, N, columns]
    at::Tensor kernel_;    // [L, N, width]
    float inverse_temperature_;
    std::int64_t problems_, neurons_, columns_, width_;
};

}  // namespace dotmoe
