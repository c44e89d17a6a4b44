#include "transport/implicit_gradient.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/custom_function.h>

#include "transport/column_laplacian.h"
#include "transport/fused_gradient.h"

namespace dotmoe {
namespace {

class TransportPlan : public torch::autograd::Function<TransportPlan> {
  public:
    static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& /*affinity*/,
                              const at::Tensor& plan, double temperature) {
        context->save_for_backward({plan});
        context->saved_data["temperature"] = temperature;
        return plan;
    }

    static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                   const torch::autograd::variable_list& gradients) {
        const auto plan = context->get_saved_variables()[0];
        return {implicit_plan_gradient(plan, gradients[0], context->saved_data["temperature"].toDouble()),
                {},
                {}};
    }
};

// Both take plan and gradient [L, N, columns]. A constant along a row of G moves nothing: taking G's mean
// under P away makes q = Q 1 zero and saves the cancellation in r - P^T q.

at::Tensor reference_gradient(const at::Tensor& plan, const at::Tensor& gradient, double temperature) {
    const auto centred = gradient - (gradient * plan).sum(-1, true);
    const auto b = (plan * centred).sum(at::IntArrayRef{-2}, false, at::kDouble);  // r - P^T q
    const auto beta = solve_columns(plan, b).to(plan.scalar_type());               // [L, columns]
    const auto alpha = -at::matmul(plan, beta.unsqueeze(-1));                      // q - P beta
    return plan * (centred - alpha - beta.unsqueeze(-2)) / temperature;
}

at::Tensor fused_gradient(const at::Tensor& plan, const at::Tensor& gradient, double temperature) {
    const auto [q, b] = fused::project(plan, gradient);
    return fused::assemble(plan, gradient, q, solve_columns(plan, b).to(at::kFloat), temperature);
}

}  // namespace

at::Tensor implicit_plan_gradient(const at::Tensor& plan, const at::Tensor& plan_gradient,
                                  double temperature) {
    const at::NoGradGuard no_grad;
    const auto flat = plan.reshape({-1, plan.size(-2), plan.size(-1)});
    const auto gradient = plan_gradient.to(plan.options()).reshape(flat.sizes());
    const auto result = fused::takes(flat) ? fused_gradient(flat, gradient, temperature)
                                           : reference_gradient(flat, gradient, temperature);
    return result.view(plan.sizes());
}

at::Tensor transport_plan(const at::Tensor& affinity, const Capacities& capacities,
                          const SinkhornOptions& options, const std::optional<at::Tensor>& warm_g,
                          SinkhornResult* result) {
    auto solved = sinkhorn(affinity.detach(), capacities, options, warm_g);
    auto plan = TransportPlan::apply(affinity, solved.plan, options.temperature);
    if (result) *result = std::move(solved);
    return plan;
}

}  // namespace dotmoe
