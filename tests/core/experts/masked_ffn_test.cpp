#include "experts/masked_ffn.h"

#include <gtest/gtest.h>

#include "experts/router.h"
#include "support/finite_difference.h"

namespace dotmoe {
namespace {

using test::finite_difference;
using test::relative_difference;

struct Fixture {
    Layout layout;
    LayerWeights layer;
    at::Tensor x, owner, router;
};

at::Tensor shuffled_owner(const Layout& layout, std::int64_t neurons) {
    const auto columns = at::repeat_interleave(at::arange(layout.columns()),
                                               at::tensor(layout.capacities(neurons), at::kLong));
    return columns.index_select(0, at::randperm(neurons, at::kLong));
}

Fixture make(at::IntArrayRef tokens, at::ScalarType dtype,
             Layout layout = {.experts = 5, .active = 2, .shared = 4}, std::int64_t neurons = 24,
             std::int64_t width = 6) {
    at::manual_seed(7);
    Fixture f;
    f.layout = layout;
    f.layer.gate = at::randn({neurons, width}, at::kDouble).to(dtype);
    f.layer.up = at::randn({neurons, width}, at::kDouble).to(dtype);
    f.layer.down = at::randn({width, neurons}, at::kDouble).to(dtype);
    auto shape = tokens.vec();
    shape.push_back(width);
    f.x = at::randn(shape, at::kDouble).to(dtype);
    f.owner = shuffled_owner(layout, neurons);
    f.router =
        at::randn({width, layout.experts}, at::kDouble).to(dtype == at::kDouble ? at::kDouble : at::kFloat);
    return f;
}

at::Tensor hidden(const at::Tensor& x, const LayerWeights& layer) {
    const auto g = at::linear(x, layer.gate);
    return (layer.activation == Activation::silu ? at::silu(g) : at::gelu(g, "tanh")) *
           at::linear(x, layer.up);
}

/// Eq. 16 as written, for autograd to differentiate: y = (H * (R M^T)) W_down^T with the always-on column in
/// R.
at::Tensor by_the_formula(const Fixture& f, const at::Tensor& x, const at::Tensor& routed,
                          const at::Tensor& membership) {
    const auto columns =
        f.layout.shared ? at::cat({at::ones_like(routed.narrow(1, 0, 1)), routed}, 1) : routed;
    return at::linear(hidden(x, f.layer) * at::matmul(columns, membership.t()), f.layer.down);
}

at::Tensor one_hot(const Fixture& f) {
    return at::one_hot(f.owner, f.layout.columns()).to(at::kDouble);
}

TEST(MaskedFeedForward, AllExpertsOnIsTheDenseLayer) {
    for (const auto dtype : {at::kDouble, at::kFloat, at::kBFloat16}) {
        const auto f = make({9}, dtype);
        const auto y = masked_feed_forward(f.x, f.layer, f.layout, f.owner, at::ones({9, 5}));
        EXPECT_TRUE(at::equal(y, at::linear(hidden(f.x, f.layer), f.layer.down))) << dtype;
    }
}

TEST(MaskedFeedForward, ExpertsAddUpToTheDenseLayer) {
    // Every neuron is used exactly once: the shared part plus each expert alone, each with the shared part
    // taken away.
    const auto f = make({9}, at::kDouble);
    const auto apply = [&](const at::Tensor& routed) {
        return masked_feed_forward(f.x, f.layer, f.layout, f.owner, routed);
    };
    const auto shared = apply(at::zeros({9, 5}, at::kDouble));
    auto sum = shared.clone();
    for (int e = 0; e < 5; ++e) {
        auto only = at::zeros({9, 5}, at::kDouble);
        only.select(1, e) = 1;
        sum += apply(only) - shared;
    }
    EXPECT_LT(relative_difference(sum, at::linear(hidden(f.x, f.layer), f.layer.down)), 1e-12);
}

TEST(MaskedFeedForward, KeepsTheShapeOfItsInput) {
    const auto f = make({2, 5}, at::kFloat);
    const auto routing = route(f.x.reshape({10, 6}), f.router, 2);
    const auto y = masked_feed_forward(f.x, f.layer, f.layout, f.owner, routing.mask);
    EXPECT_EQ(y.sizes(), f.x.sizes());
    const auto flat = masked_feed_forward(f.x.reshape({10, 6}), f.layer, f.layout, f.owner, routing.mask);
    EXPECT_TRUE(at::equal(y.view({10, 6}), flat));
}

class Gradients : public testing::TestWithParam<std::tuple<Layout, Activation, KeptForBackward>> {};

TEST_P(Gradients, EqualAutogradOfTheFormula) {
    auto f = make({9}, at::kDouble, std::get<Layout>(GetParam()));
    f.layer.activation = std::get<Activation>(GetParam());
    const auto weight = at::randn({9, 6}, at::kDouble);
    const auto matrices = {&f.layer.gate, &f.layer.up, &f.layer.down};
    for (auto* matrix : matrices) matrix->set_requires_grad(true);
    struct Leaves {
        at::Tensor x, router, affinity;
    };
    const auto leaves = [&] {
        at::manual_seed(11);
        return Leaves{.x = f.x.clone().set_requires_grad(true),
                      .router = f.router.clone().set_requires_grad(true),
                      .affinity = at::randn({24, f.layout.columns()}, at::kDouble).set_requires_grad(true)};
    };
    const auto ours = leaves(), plain = leaves();

    const auto routed = straight_through(route(ours.x, ours.router, f.layout.active));
    const auto y = masked_feed_forward(ours.x, f.layer, f.layout, f.owner, routed,
                                       at::softmax(ours.affinity, -1), std::get<KeptForBackward>(GetParam()));
    (y * weight).sum().backward();
    std::vector<at::Tensor> of_weights;
    for (auto* matrix : matrices) of_weights.push_back(std::exchange(matrix->mutable_grad(), {}));

    const auto soft = at::softmax(plain.affinity, -1);
    const auto membership = one_hot(f) + (soft - soft.detach());  // Eq. 11
    const auto expected = by_the_formula(
        f, plain.x, straight_through(route(plain.x, plain.router, f.layout.active)), membership);
    (expected * weight).sum().backward();

    // Not relative: with all experts on, the gradients of router and affinity vanish.
    EXPECT_LT((y - expected).abs().max().item<double>(), 1e-11);
    EXPECT_LT((ours.x.grad() - plain.x.grad()).abs().max().item<double>(), 1e-11);
    EXPECT_LT((ours.router.grad() - plain.router.grad()).abs().max().item<double>(), 1e-11);
    EXPECT_LT((ours.affinity.grad() - plain.affinity.grad()).abs().max().item<double>(), 1e-11);
    auto ours_of = of_weights.begin();
    for (const auto* matrix : matrices)
        EXPECT_LT((*ours_of++ - matrix->grad()).abs().max().item<double>(), 1e-11);
}

INSTANTIATE_TEST_SUITE_P(MaskedFeedForward, Gradients,
                         testing::Combine(testing::Values(Layout{.experts = 5, .active = 2, .shared = 4},
                                                          Layout{.experts = 6, .active = 6, .shared = 0},
                                                          Layout{.experts = 24, .active = 3, .shared = 0},
                                                          Layout{.experts = 1, .active = 1, .shared = 23}),
                                          testing::Values(Activation::silu, Activation::gelu_tanh),
                                          testing::Values(KeptForBackward::products,
                                                          KeptForBackward::input)));

TEST(MaskedFeedForward, InputGradientEqualsFiniteDifferences) {
    auto f = make({5}, at::kDouble);
    const auto mask = route(f.x, f.router, 2).mask, weight = at::randn({5, 6}, at::kDouble);
    const auto loss = [&](const at::Tensor& x) {
        return (masked_feed_forward(x, f.layer, f.layout, f.owner, mask) * weight).sum();
    };
    auto x = f.x.clone().set_requires_grad(true);
    loss(x).backward();
    EXPECT_LT(relative_difference(x.grad(), finite_difference(loss, f.x)), 1e-7);
}

TEST(MaskedFeedForward, GradientsReachOnlyWhatAsksForThem) {
    const auto f = make({9}, at::kDouble);
    auto soft = at::full({24, 6}, 1.0 / 6, at::kDouble).set_requires_grad(true);
    masked_feed_forward(f.x, f.layer, f.layout, f.owner, route(f.x, f.router, 2).mask, soft).sum().backward();
    EXPECT_TRUE(soft.grad().defined());
    auto router = f.router.clone().set_requires_grad(true);
    masked_feed_forward(f.x, f.layer, f.layout, f.owner, straight_through(route(f.x, router, 2)))
        .sum()
        .backward();
    EXPECT_TRUE(router.grad().defined());
    EXPECT_FALSE(f.x.requires_grad());
}

TEST(MaskedFeedForward, HalfPrecisionFollowsDouble) {
    const auto half = make({9}, at::kBFloat16);
    auto exact = half;
    for (auto* t : {&exact.layer.gate, &exact.layer.up, &exact.layer.down, &exact.x, &exact.router})
        *t = t->to(at::kDouble);
    const auto run = [](const Fixture& f) {
        auto x = f.x.clone().set_requires_grad(true);
        auto router = f.router.clone().set_requires_grad(true);
        auto soft = at::full({24, 6}, 1.0 / 6, f.router.options()).set_requires_grad(true);
        const auto routed = straight_through(route(x, router, 2));
        const auto y = masked_feed_forward(x, f.layer, f.layout, f.owner, routed, soft);
        y.to(at::kDouble).square().sum().backward();
        return std::vector<at::Tensor>{y.detach(), x.grad(), router.grad(), soft.grad()};
    };
    const auto a = run(half), b = run(exact);
    EXPECT_EQ(a[1].scalar_type(), at::kBFloat16);
    EXPECT_EQ(a[2].scalar_type(), at::kFloat);
    EXPECT_EQ(a[3].scalar_type(), at::kFloat);
    for (std::size_t i = 0; i < a.size(); ++i)
        EXPECT_LT(relative_difference(a[i].to(at::kDouble), b[i]), 0.03) << i;
}

}  // namespace
}  // namespace dotmoe
