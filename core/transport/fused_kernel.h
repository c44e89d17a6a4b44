// The Gibbs kernel on the CPU in fp32: each pass reads K once.
#pragma once

#include <vector>

#include "transport/gibbs_kernel.h"
#include "transport/row_blocks.h"

namespace dotmoe {

/// K's rows are padded with zeros to whole vectors.
class FusedKernel final : public GibbsKernel {
  public:
    FusedKernel(const at::Tensor& affinity, double temperature);

    at::Tensor absorb(const at::Tensor& g) override;
    RowUpdate update_rows(const at::Tensor& v, const at::Tensor& last_u) override;
    at::Tensor plan(const at::Tensor& u, const at::Tensor& v) const override;

  private:
    void store_padded(const at::Tensor& of_columns);

    at::Tensor affinity_;  // [L, N, columns]
    float inverse_temperature_;
    std::int64_t problems_, neurons_, columns_, width_;
    RowBlocks blocks_;
    at::Tensor kernel_;          // [L, N, width]
    at::Tensor padded_;          // [L, width]: v or g of the pass under way
    at::Tensor partial_sums_;    // [blocks, width]
    std::vector<float> errors_;  // [blocks]
};

}  // namespace dotmoe
