// The two passes of the implicit gradient over P and G, on the CPU in fp32.
#pragma once

#include <ATen/ATen.h>

namespace dotmoe::fused {

/// Whether the passes below take this plan [L, N, columns].
bool takes(const at::Tensor& plan);

struct Projection {
    at::Tensor q;  ///< (P*G) 1 [L, N] fp32
    at::Tensor b;  ///< (P*(G - q 1^T))^T 1 [L, columns] fp64
};
Projection project(const at::Tensor& plan, const at::Tensor& gradient);

/// P * (G - q 1^T + (P beta) 1^T - 1 beta^T) / tau, beta [L, columns] fp32.
at::Tensor assemble(const at::Tensor& plan, const at::Tensor& gradient, const at::Tensor& q,
                    const at::Tensor& beta, double temperature);

}  // namespace dotmoe::fused
