// Token -> expert (METHOD §3): logits = X W_r, p = softmax(logits), R = the top-k mask.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <optional>

#include "experts/layout.h"

namespace dotmoe {

struct Routing {
    at::Tensor logits;         ///< [T, E] fp32
    at::Tensor probabilities;  ///< [T, E] fp32
    at::Tensor chosen;         ///< [T, k] int64, best first
    at::Tensor mask;           ///< R [T, E] fp32, 0 or 1
    at::Tensor weights;  ///< W [T, E] fp32, 0 where R is; differentiable where the rule weighs by logits
    std::int64_t dropped = 0;  ///< choices that the capacity factor refused
};

/// x [T, D] any dtype, router [D, E] fp32; differentiable in both through logits and probabilities. Equal
/// logits go to the lowest expert.
Routing route(const at::Tensor& x, const at::Tensor& router, std::int64_t active);

/// By the layout's rule; the overload above is unit top-k. `noise`: whose numbers the noisy rule adds; none
/// outside of training. Expert choice leaves a token with any number of experts: `chosen` holds its k best
/// logits all the same.
Routing route(const at::Tensor& x, const at::Tensor& router, const Layout& layout,
              const std::optional<at::Generator>& noise = std::nullopt);

/// The same from logits [T, E] that are known already.
Routing route_logits(const at::Tensor& logits, const Layout& layout,
                     const std::optional<at::Generator>& noise = std::nullopt);

/// W of the layout's rule for logits [T, E] and a given R [T, E].
at::Tensor rule_weights(const Layout& layout, const at::Tensor& logits, const at::Tensor& mask);

/// What training routes by: W + (p - sg(p)), which is R_ste (Eq. 12) where W = R. Rules with a gradient of
/// their own keep it; p's reaches the experts that were not chosen too.
at::Tensor straight_through(const Routing& routing);

/// W + (logits - sg(logits)): the choice counts as linear in the logits, without the softmax between them.
at::Tensor linear_straight_through(const Routing& routing);

/// Load of each expert over an even share: [E], mean 1.
at::Tensor expert_load(const at::Tensor& mask);

}  // namespace dotmoe
