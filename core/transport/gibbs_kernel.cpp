#include "transport/gibbs_kernel.h"

#include "transport/fused_kernel.h"

namespace dotmoe {
namespace {

class ReferenceKernel : public GibbsKernel {
  public:
    ReferenceKernel(const at::Tensor& affinity, double temperature) : z_(affinity / temperature) {}

    at::Tensor absorb(const at::Tensor& g) override {
        kernel_ = z_ + g.unsqueeze(-2);
        auto f = -kernel_.amax(-1);
        kernel_.add_(f.unsqueeze(-1)).exp_();
        at::threshold_(kernel_, safe_range(kernel_.scalar_type()).negligible, 0);
        return f;
    }

    // Row-vector products: twice as fast as K times a column.
    RowUpdate update_rows(const at::Tensor& v, const at::Tensor& last_u) override {
        const auto mass = at::bmm(v.unsqueeze(-2), kernel_.transpose(-1, -2)).squeeze(-2);
        const auto u = mass.reciprocal();
        return {u, at::bmm(u.unsqueeze(-2), kernel_).squeeze(-2), (last_u * mass - 1).abs_().amax(-1)};
    }

    at::Tensor plan(const at::Tensor& u, const at::Tensor& v) const override {
        return (kernel_ * u.unsqueeze(-1)).mul_(v.unsqueeze(-2));
    }

  private:
    at::Tensor z_, kernel_;
};

}  // namespace

std::unique_ptr<GibbsKernel> gibbs_kernel(const at::Tensor& affinity, double temperature) {
    if (affinity.is_cpu() && affinity.scalar_type() == at::kFloat)
        return std::make_unique<FusedKernel>(affinity, temperature);
    return reference_kernel(affinity, temperature);
}

std::unique_ptr<GibbsKernel> reference_kernel(const at::Tensor& affinity, double temperature) {
    return std::make_unique<ReferenceKernel>(affinity, temperature);
}

SafeRange safe_range(at::ScalarType dtype) {
    return dtype == at::kDouble ? SafeRange{1e70, 1e-230} : SafeRange{1e9, 1e-29};
}

}  // namespace dotmoe
