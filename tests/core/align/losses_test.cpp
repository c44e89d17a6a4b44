#include "align/losses.h"

#include <gtest/gtest.h>

#include <cmath>

namespace dotmoe {
namespace {

struct Heads {
    at::Tensor student, teacher, tokens, head;
};

Heads make_heads() {
    at::manual_seed(1);
    const auto wide = at::TensorOptions(at::kDouble);
    return {at::randn({2, 5, 4}, wide), at::randn({2, 5, 4}, wide), at::randint(7, {2, 5}, at::kLong),
            at::randn({7, 4}, wide)};
}

/// The objective as it stands in the paper, with all logits at once.
at::Tensor objective(const Heads& h, const at::Tensor& student, double kl_weight, double ce_weight) {
    const auto log_ps = student.matmul(h.head.t()).log_softmax(-1),
               log_pt = h.teacher.matmul(h.head.t()).log_softmax(-1);
    const auto kl = (log_pt.exp() * (log_pt - log_ps)).sum(-1).mean();
    const auto ce = -log_ps.slice(1, 0, 4).gather(2, h.tokens.slice(1, 1).unsqueeze(2)).mean();
    return kl_weight * kl + ce_weight * ce;
}

TEST(VocabularyLosses, ValueAndGradientAreThoseOfTheFormula) {
    const auto h = make_heads();
    const auto student = h.student.clone().set_requires_grad(true);
    const auto whole = objective(h, student, 2.0, 1.0);
    whole.backward();
    for (const std::int64_t chunk : {1, 3, 10, 256}) {
        const auto losses = vocabulary_losses(h.student, h.teacher, h.tokens, h.head, 2.0, 1.0, chunk);
        EXPECT_NEAR(2.0 * losses.kl + losses.cross_entropy, whole.item<double>(), 1e-5);
        EXPECT_TRUE(at::allclose(losses.gradient, student.grad(), 1e-4, 1e-6)) << "chunk " << chunk;
    }
}

TEST(VocabularyLosses, TeacherAgainstItselfHasNoDivergence) {
    const auto h = make_heads();
    const auto losses = vocabulary_losses(h.teacher, h.teacher, h.tokens, h.head, 1.0, 0.0);
    EXPECT_NEAR(losses.kl, 0, 1e-7);
    EXPECT_LT(losses.gradient.abs().max().item<double>(), 1e-7);
}

TEST(BalanceLoss, OneWhenEvenAndEWhenOneExpertTakesAll) {
    // Tokens spread evenly, probabilities uniform.
    const auto even = route(at::zeros({4, 3}), at::zeros({3, 4}), 4);
    EXPECT_NEAR(balance_loss(even, 4).item<double>(), 1, 1e-6);
    // All tokens to expert 0 with certainty.
    auto router = at::zeros({1, 4});
    router[0][0] = 100.0;
    EXPECT_NEAR(balance_loss(route(at::ones({6, 1}), router, 1), 1).item<double>(), 4, 1e-5);
}

TEST(ZLoss, IsTheSquaredLogSumExp) {
    const auto routing = route(at::zeros({5, 3}), at::zeros({3, 8}), 2);
    EXPECT_NEAR(z_loss(routing).item<double>(), std::pow(std::log(8.0), 2), 1e-5);
}

}  // namespace
}  // namespace dotmoe
