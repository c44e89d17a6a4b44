// The objective (Eq. 13-15). The vocabulary losses never see more than a chunk of logits.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#include "experts/router.h"

namespace dotmoe {

struct VocabularyLosses {
    double kl = 0;             ///< mean KL(teacher || student) over all T positions, nats
    double cross_entropy = 0;  ///< mean over the positions that have a next token, nats
    at::Tensor gradient;       ///< d(kl_weight * kl + ce_weight * cross_entropy) / d student, like student
};

/// student, teacher [B, T, D]: final hidden states; tokens [B, T] int64, position t predicts tokens[t + 1];
/// head [V, D]. Computed in chunks of `chunk` positions with the gradient by hand, so no [B T, V] tensor
/// exists:
///   dKL/dz_s = p_s - p_t,  dCE/dz_s = p_s - onehot(next).
VocabularyLosses vocabulary_losses(const at::Tensor& student, const at::Tensor& teacher,
                                   const at::Tensor& tokens, const at::Tensor& head, double kl_weight,
                                   double ce_weight, std::int64_t chunk = 128);

/// E * sum_e f_e pbar_e (Switch): f the share of choices an expert got, pbar its mean probability. 1 when
/// even; the gradient goes through pbar alone.
at::Tensor balance_loss(const Routing& routing, std::int64_t active);

/// Mean over tokens of logsumexp(logits)^2.
at::Tensor z_loss(const Routing& routing);

}  // namespace dotmoe
