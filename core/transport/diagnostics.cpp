#include "transport/diagnostics.h"

#include <cmath>

namespace dotmoe {

double relative_entropy(const at::Tensor& plan) {
    const auto columns = plan.size(-1);
    if (columns < 2) return 0;
    const auto row_entropy = -at::xlogy(plan, plan).sum(-1);
    return row_entropy.mean(at::kDouble).item<double>() / std::log(static_cast<double>(columns));
}

double soft_hard_gap(const at::Tensor& plan, const at::Tensor& owner) {
    const auto kept = plan.gather(-1, owner.to(plan.device()).unsqueeze(-1));
    return 1 - kept.mean(at::kDouble).item<double>();
}

double churn(const at::Tensor& before, const at::Tensor& after) {
    return before.ne(after.to(before.device())).to(at::kDouble).mean().item<double>();
}

}  // namespace dotmoe
