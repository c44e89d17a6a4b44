#include "experts/moe_ffn.h"

#include <gtest/gtest.h>

#include "base/device.h"
#include "experts/masked_ffn.h"
#include "model/panel_kernel.h"
#include "model/product_arithmetic.h"
#include "support/ffn_case.h"
#include "support/random_experts.h"
#include "support/tiny_model.h"
#include "support/weight_format.h"

namespace dotmoe::moe_ffn_test {
namespace {

at::Tensor apply(const MoeFeedForward& ffn, const at::Tensor& x) {
    auto y = at::full_like(x, 7);  // nothing of what was there may stay
    ffn(x.const_data_ptr<float>(), {x.size(0)}, y.mutable_data_ptr<float>());
    return y;
}

double relative_difference(const at::Tensor& a, const at::Tensor& b) {
    return ((a - b).norm() / b.norm()).item<double>();
}

using test::FfnCase;
using test::routing;

class MoeFeedForwardOf : public testing::TestWithParam<FfnCase> {
  protected:
    MoeFeedForwardOf() {
        auto config = test::tiny_config();
        config.layers = 1;
        config.width = GetParam().width;
        config.neurons = GetParam().neurons;
        weights_ = test::tiny_weights(config);
        experts_ = test::random_experts(config, GetParam().layout, 5);
    }

    at::Tensor inputs(std::int64_t tokens) const {
        return at::randn({tokens, GetParam().width}, at::detail::createCPUGenerator(9));
    }

    Weights weights_;
    ExpertSet experts_;
};

TEST_P(MoeFeedForwardOf, EqualsTheMaskedOracle) {
    for (const auto activation : {Activation::silu, Activation::gelu_tanh}) {
        weights_.layers[0].activation = activation;
        const MoeFeedForward ffn(weights_.layers[0], experts_.layers[0], experts_.layout, WeightFormat::fp32);
        const auto oracle = converted_feed_forward(weights_, experts_);
        // One token, less than a tile, a tile and a rest, more than are done at once.
        for (const std::int64_t tokens : {1, 2, 7, 12, 33, 700}) {
            const auto x = inputs(tokens);
            EXPECT_LT(relative_difference(apply(ffn, x), oracle(x, 0)), 2e-6) << tokens;
        }
    }
}

TEST_P(MoeFeedForwardOf, IsTheSameTwiceOnSeveralThreads) {
    set_thread_count(3);
    const MoeFeedForward ffn(weights_.layers[0], experts_.layers[0], experts_.layout, WeightFormat::fp32);
    for (const std::int64_t tokens : {1, 40, 130}) {
        const auto x = inputs(tokens), y = apply(ffn, x);
        EXPECT_LT(relative_difference(y, converted_feed_forward(weights_, experts_)(x, 0)), 2e-6) << tokens;
        EXPECT_TRUE(at::equal(apply(ffn, x), y)) << tokens;
    }
    set_thread_count(1);
}

TEST_P(MoeFeedForwardOf, EqualsTheOracleOfRoundedWeights) {
    auto& layer = weights_.layers[0];
    auto& router = experts_.layers[0].router;
    for (const auto format : {WeightFormat::bf16, WeightFormat::int8}) {
        const MoeFeedForward ffn(layer, experts_.layers[0], experts_.layout, format);
        const auto exact = weights_;
        const auto exact_router = router;
        const auto held = [&](const at::Tensor& weight) { return test::held(weight, format).to(at::kFloat); };
        layer.gate = held(layer.gate);
        layer.up = held(layer.up);
        // In the units of the blocks: their scales are of kNeurons neurons each.
        const auto [columns, order] = at::sort(experts_.layers[0].owner, /*stable=*/true, 0, false);
        std::vector<at::Tensor> units;
        for (const auto& unit : layer.down.index_select(1, order).split(ExpertBlocks::kNeurons, 1))
            units.push_back(held(unit));
        layer.down = at::cat(units, 1).index_select(1, order.argsort());
        router = router.to(at::kBFloat16).to(at::kFloat);
        const auto oracle = converted_feed_forward(weights_, experts_);
        for (const std::int64_t tokens : {1, 3, 12}) {
            const auto x = inputs(tokens);
            EXPECT_LT(relative_difference(apply(ffn, x), oracle(x, 0)), 2e-6) << tokens;
        }
        // Of many tokens x and h may be rounded to bf16 too, by 2^-9 at most.
        const bool rounds = format == WeightFormat::bf16 && measured_arithmetic() == Arithmetic::bf16;
        const auto x = inputs(40);
        EXPECT_LT(relative_difference(apply(ffn, x), oracle(x, 0)), rounds ? 8e-3 : 2e-6);
        weights_ = exact;
        router = exact_router;
    }
}

// With every expert on each unit has all tokens, so what is rounded is known: x, and h before its product.
TEST_P(MoeFeedForwardOf, ManyTokensAreTheFormulaOfRoundedInputs) {
    auto layout = experts_.layout;
    layout.active = layout.experts;
    layout.routing = {};
    const MoeFeedForward every(weights_.layers[0], experts_.layers[0], layout, WeightFormat::bf16);
    const auto x = inputs(40);
    const auto& layer = weights_.layers[0];
    const auto held = [](const at::Tensor& weight) { return test::held(weight, WeightFormat::bf16); };
    const auto given = [](const at::Tensor& input) { return test::given(input, WeightFormat::bf16); };
    const auto g = at::linear(given(x), held(layer.gate)), u = at::linear(given(x), held(layer.up));
    const auto expected = at::linear(given((at::silu(g) * u).to(at::kFloat)), held(layer.down));
    // An h between two bf16 may go to the other one.
    EXPECT_LT(relative_difference(apply(every, x), expected.to(at::kFloat)), 3e-4);
}

TEST_P(MoeFeedForwardOf, AllExpertsOnIsTheDenseLayer) {
    auto layout = experts_.layout;
    layout.active = layout.experts;
    layout.routing = {};
    const MoeFeedForward every(weights_.layers[0], experts_.layers[0], layout, WeightFormat::fp32);
    const MoeFeedForward dense(weights_.layers[0], WeightFormat::fp32);
    for (const std::int64_t tokens : {1, 33}) {
        const auto x = inputs(tokens), expected = dense_feed_forward(x, weights_.layers[0]);
        EXPECT_LT(relative_difference(apply(every, x), expected), 2e-6);
        EXPECT_LT(relative_difference(apply(dense, x), expected), 2e-6);
    }
}

INSTANTIATE_TEST_SUITE_P(Layouts, MoeFeedForwardOf,
                         testing::Values(FfnCase{64, 96, {.experts = 4, .active = 2, .shared = 32}},
                                         FfnCase{64, 96, {.experts = 6, .active = 3, .shared = 0}},
                                         // Experts that share units, and a width that is no whole panel.
                                         FfnCase{40, 63, {.experts = 7, .active = 2, .shared = 7}},
                                         FfnCase{33, 24, {.experts = 24, .active = 3, .shared = 0}},
                                         FfnCase{6, 5, {.experts = 1, .active = 1, .shared = 4}},
                                         FfnCase{64, 96, {4, 2, 32, routing(RoutingRule::renormalised)}},
                                         FfnCase{64, 96, {4, 1, 0, routing(RoutingRule::switch_)}},
                                         FfnCase{64, 96, {6, 3, 0, routing(RoutingRule::noisy)}},
                                         FfnCase{64, 96, {6, 3, 0, routing(RoutingRule::expert_choice)}},
                                         FfnCase{64, 96, {6, 2, 48, routing(RoutingRule::unit, 1.0)}},
                                         FfnCase{40, 63, {9, 2, 0, routing(RoutingRule::switch_, 1.25)}}));

TEST(MoeFeedForward, ATokenReadsItsOwnExpertsOnly) {
    auto config = test::tiny_config();
    config.neurons = 1536;
    const auto weights = test::tiny_weights(config);
    const Layout layout{.experts = 84, .active = 12, .shared = 192};
    const auto experts = test::random_experts(config, layout, 1);
    const MoeFeedForward dense(weights.layers[0], WeightFormat::bf16);
    const MoeFeedForward sparse(weights.layers[0], experts.layers[0], layout, WeightFormat::bf16);
    EXPECT_EQ(dense.bytes_per_token(), 3 * 1536 * config.width * 2);
    // A quarter of the neurons, and a router of 84 columns in whole panels.
    EXPECT_EQ(sparse.bytes_per_token(), 3 * 384 * config.width * 2 + 3 * kPanelWidth * config.width * 2);
}

}  // namespace
}  // namespace dotmoe::moe_ffn_test
