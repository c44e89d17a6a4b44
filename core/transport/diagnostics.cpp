#include "transport/diagnostics.h"

#include <cmath>
#include <limits>

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

at::Tensor margins(const at::Tensor& affinity, const at::Tensor& owner, const at::Tensor& prices) {
    const auto profit = affinity.to(at::kCPU, at::kDouble) - prices;
    const auto own = owner.unsqueeze(-1);
    const auto others = profit.scatter(-1, own, -std::numeric_limits<double>::infinity());
    return profit.gather(-1, own).squeeze(-1) - others.amax(-1);
}

double churn(const at::Tensor& before, const at::Tensor& after) {
    return before.ne(after.to(before.device())).to(at::kDouble).mean().item<double>();
}

}  // namespace dotmoe
