#include "experts/grouped_ffn.h"

#include <gtest/gtest.h>

#include "experts/masked_ffn.h"
#include "support/ffn_case.h"
#include "support/random_experts.h"
#include "support/tiny_model.h"

namespace dotmoe::grouped_ffn_test {
namespace {

using test::FfnCase;
using test::routing;

class GroupedFeedForwardOf : public testing::TestWithParam<FfnCase> {
  protected:
    /// Layer 0 converted, layer 1 still dense.
    GroupedFeedForwardOf() {
        auto config = test::tiny_config();
        config.layers = 2;
        config.width = GetParam().width;
        config.neurons = GetParam().neurons;
        weights_ = test::tiny_weights(config);
        experts_ = test::random_experts(config, GetParam().layout, 5);
        experts_.layers[1] = {};
    }

    /// |grouped - masked| over |masked|, both in `dtype`.
    double difference(const at::Tensor& x, std::int64_t layer, at::ScalarType dtype) const {
        const auto weights = weights_.to({.dtype = dtype});
        const auto y = grouped_feed_forward(weights, experts_)(x.to(dtype), layer),
                   oracle = converted_feed_forward(weights, experts_)(x.to(dtype), layer);
        EXPECT_EQ(y.scalar_type(), dtype);
        EXPECT_EQ(y.sizes(), x.sizes());
        const auto expected = oracle.to(at::kDouble);
        return ((y.to(at::kDouble) - expected).norm() / expected.norm()).item<double>();
    }

    Weights weights_;
    ExpertSet experts_;
};

TEST_P(GroupedFeedForwardOf, EqualsTheMaskedOracle) {
    for (const auto activation : {Activation::silu, Activation::gelu_tanh}) {
        for (auto& layer : weights_.layers) layer.activation = activation;
        for (const std::int64_t tokens : {1, 2, 33, 300}) {  // of few, most experts get none
            const auto x = at::randn({tokens, GetParam().width}, at::detail::createCPUGenerator(9));
            EXPECT_LT(difference(x, 0, at::kFloat), 2e-6) << tokens;
            EXPECT_LT(difference(x, 1, at::kFloat), 2e-6) << tokens;
            // H and what an expert adds are rounded once each.
            EXPECT_LT(difference(x, 0, at::kBFloat16), 8e-3) << tokens;
        }
    }
}

TEST_P(GroupedFeedForwardOf, TakesABatchOfTexts) {
    const auto x = at::randn({2, 5, GetParam().width}, at::detail::createCPUGenerator(2));
    EXPECT_LT(difference(x, 0, at::kFloat), 2e-6);
}

TEST_P(GroupedFeedForwardOf, AllExpertsOnIsTheDenseLayer) {
    experts_.layout.active = experts_.layout.experts;
    experts_.layout.routing = {};
    const auto x = at::randn({33, GetParam().width}, at::detail::createCPUGenerator(1)),
               y = grouped_feed_forward(weights_, experts_)(x, 0);
    EXPECT_TRUE(at::allclose(y, dense_feed_forward(x, weights_.layers[0]), 1e-5, 1e-6));
}

INSTANTIATE_TEST_SUITE_P(Layouts, GroupedFeedForwardOf,
                         testing::Values(FfnCase{64, 96, {.experts = 4, .active = 2, .shared = 32}},
                                         FfnCase{64, 96, {.experts = 6, .active = 3, .shared = 0}},
                                         // Experts that are filled up to whole units.
                                         FfnCase{40, 63, {.experts = 7, .active = 2, .shared = 7}},
                                         FfnCase{32, 24, {.experts = 24, .active = 3, .shared = 0}},
                                         FfnCase{64, 96, {4, 2, 32, routing(RoutingRule::renormalised)}},
                                         FfnCase{64, 96, {4, 1, 0, routing(RoutingRule::switch_)}},
                                         FfnCase{64, 96, {6, 3, 0, routing(RoutingRule::expert_choice)}},
                                         FfnCase{64, 96, {6, 2, 48, routing(RoutingRule::unit, 1.0)}}));

}  // namespace
}  // namespace dotmoe::grouped_ffn_test
