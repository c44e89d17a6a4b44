// Token -> expert (METHOD §3): logits = X W_r, p = softmax(logits), R = the top-k mask.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

namespace dotmoe {

struct Routing {
    at::Tensor logits;         ///< [T, E] fp32
    at::Tensor probabilities;  ///< [T, E] fp32
    at::Tensor chosen;         ///< [T, k] int64, best first
    at::Tensor mask;           ///< R [T, E] fp32, 0 or 1
};

/// x [T, D] any dtype, router [D, E] fp32; differentiable in both through logits and probabilities. Equal
/// logits go to the lowest expert.
Routing route(const at::Tensor& x, const at::Tensor& router, std::int64_t active);

/// R_ste = R + (p - sg(p)) (Eq. 12).
at::Tensor straight_through(const Routing& routing);

/// R + (logits - sg(logits)): the choice counts as linear in the logits, without the softmax between them.
at::Tensor linear_straight_through(const Routing& routing);

/// Load of each expert over an even share: [E], mean 1.
at::Tensor expert_load(const at::Tensor& mask);

}  // namespace dotmoe
