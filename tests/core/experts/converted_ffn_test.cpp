#include <gtest/gtest.h>

#include "experts/masked_ffn.h"
#include "experts/router.h"

namespace dotmoe::converted_ffn_test {
namespace {

struct Model {
    Weights weights;
    ExpertSet experts;
};

/// Layer 0 converted into 5 experts of 4 neurons and 4 shared ones, layer 1 still dense.
Model make(at::ScalarType dtype) {
    at::manual_seed(3);
    Model model;
    model.experts.layout = {.experts = 5, .active = 2, .shared = 4};
    for (int l = 0; l < 2; ++l) {
        LayerWeights layer;
        layer.gate = at::randn({24, 6}).to(dtype);
        layer.up = at::randn({24, 6}).to(dtype);
        layer.down = at::randn({6, 24}).to(dtype);
        model.weights.layers.push_back(layer);
    }
    const auto columns = at::repeat_interleave(at::arange(6), at::full({6}, 4, at::kLong));
    model.experts.layers = {
        {.owner = columns.index_select(0, at::randperm(24, at::kLong)), .router = at::randn({6, 5})}, {}};
    return model;
}

TEST(ConvertedFeedForward, RoutesConvertedLayersAndLeavesDenseOnes) {
    for (const auto dtype : {at::kFloat, at::kBFloat16}) {
        const auto model = make(dtype);
        const auto ffn = converted_feed_forward(model.weights, model.experts);
        const auto x = at::randn({2, 3, 6}).to(dtype).set_requires_grad(true);
        const auto& [owner, router] = model.experts.layers[0];
        const auto expected = masked_feed_forward(x.detach(), model.weights.layers[0], model.experts.layout,
                                                  owner, route(x.detach(), router, 2).mask);
        const auto y = ffn(x, 0);
        EXPECT_EQ(y.scalar_type(), dtype);
        EXPECT_EQ(y.sizes(), x.sizes());
        EXPECT_TRUE(at::equal(y, expected));
        EXPECT_FALSE(y.requires_grad());
        EXPECT_TRUE(at::equal(ffn(x, 1), dense_feed_forward(x.detach(), model.weights.layers[1])));
        EXPECT_TRUE(at::equal(ffn(x.view({6, 6}), 0), expected.view({6, 6})));
    }
}

TEST(ConvertedFeedForward, AllExpertsOnIsTheDenseLayer) {
    auto model = make(at::kFloat);
    model.experts.layout.active = 5;
    const auto x = at::randn({7, 6});
    const auto y = converted_feed_forward(model.weights, model.experts)(x, 0);
    EXPECT_TRUE(at::allclose(y, dense_feed_forward(x, model.weights.layers[0]), 1e-6, 1e-6));
}

}  // namespace
}  // namespace dotmoe::converted_ffn_test
