// Gradient of the entropic plan without unrolling the iterations (METHOD §2, ours).
#pragma once

#include <ATen/ATen.h>

#include <optional>

#include "transport/sinkhorn.h"

namespace dotmoe {

/// dL/dA [.., N, columns] from G = dL/dP and the converged plan P: one (columns x columns) solve a batch
/// entry.
///   Q = G*P, q = Q 1, r = Q^T 1;  (diag(c) - P^T P) beta = r - P^T q (c^T beta = 0 pins it);  alpha = q - P
///   beta; dL/dA = (Q - P*(alpha 1^T + 1 beta^T)) / tau.
/// For a plan that stopped early c is the plan's own column sums, so the result is the exact gradient of the
/// converged problem with those sums.
at::Tensor implicit_plan_gradient(const at::Tensor& plan, const at::Tensor& plan_gradient,
                                  double temperature);

/// sinkhorn() as a differentiable function of the affinity; backward is implicit_plan_gradient. `result`,
/// when given, receives the solve (residuals, potentials for the next warm start).
at::Tensor transport_plan(const at::Tensor& affinity, const Capacities& capacities,
                          const SinkhornOptions& options,
                          const std::optional<at::Tensor>& warm_g = std::nullopt,
                          SinkhornResult* result = nullptr);

}  // namespace dotmoe
