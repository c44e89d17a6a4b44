#include "align/losses.h"

#include <ATen/core/grad_mode.h>

namespace dotmoe {

VocabularyLosses vocabulary_losses(const at::Tensor& student, const at::Tensor& teacher,
                                   const at::Tensor& tokens, const at::Tensor& head, double kl_weight,
                                   double ce_weight, std::int64_t chunk) {
    const at::NoGradGuard no_grad;
    const auto s = student.flatten(0, 1), t = teacher.flatten(0, 1);
    const auto positions = s.size(0);
    // The last position of a sequence has no next token: -1 there, and no cross-entropy.
    const auto next = at::constant_pad_nd(tokens.slice(1, 1), {0, 1}, -1).flatten();
    const double predicted = static_cast<double>(positions - tokens.size(0));

    VocabularyLosses losses;
    losses.gradient = at::empty_like(s);
    double kl = 0, cross_entropy = 0;
    for (std::int64_t first = 0; first < positions; first += chunk) {
        const auto last = std::min(first + chunk, positions);
        const auto log_ps = at::linear(s.slice(0, first, last), head).to(at::kFloat).log_softmax(1);
        const auto log_pt = at::linear(t.slice(0, first, last), head).to(at::kFloat).log_softmax(1);
        const auto y = next.slice(0, first, last).unsqueeze(1);
        const auto has_next = y.ge(0).to(at::kFloat), target = y.clamp_min(0);
        cross_entropy -= (log_ps.gather(1, target) * has_next).sum().item<double>();

        // In place from here on: fresh memory for a [chunk, V] costs more than the arithmetic on it.
        const auto pt = log_pt.exp();
        kl += log_pt.sub_(log_ps).mul_(pt).sum().item<double>();
        const auto ps = log_ps.exp_();
        const auto dz = pt.sub_(ps).mul_(-kl_weight / static_cast<double>(positions));
        dz.add_(ps.mul_(has_next * (ce_weight / predicted)));
        dz.scatter_add_(1, target, has_next * (-ce_weight / predicted));
        losses.gradient.slice(0, first, last).copy_(dz.to(head.scalar_type()).matmul(head));
    }
    losses.kl = kl / static_cast<double>(positions);
    losses.cross_entropy = cross_entropy / predicted;
    losses.gradient = losses.gradient.view_as(student);
    return losses;
}

at::Tensor balance_loss(const Routing& routing, std::int64_t active) {
    const auto chosen = routing.mask.mean(0) / static_cast<double>(active);
    return static_cast<double>(routing.mask.size(1)) * (chosen * routing.probabilities.mean(0)).sum();
}

at::Tensor z_loss(const Routing& routing) {
    return routing.logits.logsumexp(1).square().mean();
}

}  // namespace dotmoe
