// The Gibbs kernel of entropic transport with the potentials absorbed, and the three passes that Sinkhorn
// makes over it.
#pragma once

#include <ATen/ATen.h>

#include <memory>

namespace dotmoe {

/// K = exp(A/tau + f 1^T + 1 g^T) for L problems [L, N, columns], f chosen so that the largest entry of a row
/// is 1. With u, v beside it the plan is M = diag(u) K diag(v), and an iteration two matrix-vector products
/// instead of two passes of exponentials.
class GibbsKernel {
  public:
    struct RowUpdate {
        at::Tensor u;            ///< 1 / (K v) [L, N]
        at::Tensor column_sums;  ///< K^T u [L, columns]
        at::Tensor row_error;    ///< max_i |last_u_i (K v)_i - 1| [L]: how far off the row sums had become
    };

    virtual ~GibbsKernel() = default;
    GibbsKernel() = default;
    GibbsKernel(const GibbsKernel&) = delete;
    GibbsKernel& operator=(const GibbsKernel&) = delete;

    /// A new K for g [L, columns]; returns its f [L, N].
    virtual at::Tensor absorb(const at::Tensor& g) = 0;
    /// v [L, columns], last_u [L, N].
    virtual RowUpdate update_rows(const at::Tensor& v, const at::Tensor& last_u) = 0;
    /// M = diag(u) K diag(v) [L, N, columns].
    virtual at::Tensor plan(const at::Tensor& u, const at::Tensor& v) const = 0;
};

/// Of affinity [L, N, columns] fp32 or fp64; entries of -inf stay out of the plan. On the CPU in fp32 fused
/// vectorised passes over K, else those of reference_kernel.
std::unique_ptr<GibbsKernel> gibbs_kernel(const at::Tensor& affinity, double temperature);

/// ATen operators, for every device and format: the oracle of the fused passes.
std::unique_ptr<GibbsKernel> reference_kernel(const at::Tensor& affinity, double temperature);

/// With u and v inside [1/scaling, scaling] no product of a kept entry of K with them leaves the format's
/// range. Entries below `negligible` hold less than negligible * scaling^2 of a neuron each, nothing to
/// rounding: K has 0 there, because denormals would make every product slow.
struct SafeRange {
    double scaling, negligible;
};
SafeRange safe_range(at::ScalarType dtype);

}  // namespace dotmoe
