// Least squares from data that arrive in parts, held near a prior.
#pragma once

#include <ATen/ATen.h>

namespace dotmoe {

/// min_W sum_t |W h_t - y_t|^2 + lambda |W - W_0|^2, so W^T = (H^T H + lambda I)^-1 (H^T Y + lambda W_0^T):
/// what the data say nothing about stays as it was. Keeps H^T H [N, N] and H^T Y [N, D] and no data.
class RidgeRegression {
  public:
    /// inputs H [t, N], targets Y [t, D], any dtype.
    void add(const at::Tensor& inputs, const at::Tensor& targets);

    /// W [D, N] in the prior's dtype; lambda is `ridge` > 0 times the mean of H^T H's diagonal. Solved in
    /// fp64. The prior W_0 [D, N] itself where all inputs were zero.
    at::Tensor solve(const at::Tensor& prior, double ridge) const;

  private:
    at::Tensor gram_, moments_;  // fp32; undefined before the first part
};

}  // namespace dotmoe
