#include "align/projection_fit.h"

#include <gtest/gtest.h>

#include "align/ridge_regression.h"
#include "experts/masked_ffn.h"
#include "experts/router.h"
#include "support/random_experts.h"
#include "support/tiny_model.h"

namespace dotmoe::projection_fit_test {
namespace {

using test::difference;

constexpr double ridge = 1e-2;
const Layout layout{.experts = 6, .active = 2, .shared = 12};

const FitHooks unheard{[](std::int64_t, const FittedLayer&) {}};

at::Tensor text(const ModelConfig& config) {
    return test::tiny_tokens(config, 6, 40);
}

double distance(const Transformer& dense, const Weights& weights, const ExpertSet& experts) {
    const Transformer converted(dense.config(), weights);
    const auto tokens = text(dense.config());
    return (converted.hidden(tokens, converted_feed_forward(weights, experts)) -
            dense.hidden(tokens, dense.dense()))
        .square()
        .mean()
        .item<double>();
}

TEST(ProjectionFit, BringsTheResidualStreamNearerToTheDenseModels) {
    for (const auto& config : test::tiny_families()) {
        const auto dense = test::tiny_transformer(config);
        const auto experts = test::random_experts(config, layout, 3);
        const auto fitted = fit_projections(dense, dense.weights(), experts, text(config), ridge, unheard);
        EXPECT_LT(distance(dense, fitted, experts), 0.8 * distance(dense, dense.weights(), experts))
            << config.architecture;
    }
}

/// Nothing is missing then: the dense projections are the solution, whatever the ridge.
TEST(ProjectionFit, WithAllExpertsOnChangesNothing) {
    for (const auto& config : test::tiny_families()) {
        const auto dense = test::tiny_transformer(config);
        auto all = layout;
        all.active = all.experts;
        const auto fitted = fit_projections(dense, dense.weights(), test::random_experts(config, all, 3),
                                            text(config), ridge, unheard);
        for (std::size_t l = 0; l < fitted.layers.size(); ++l)
            for (const auto projection : {&LayerWeights::output, &LayerWeights::down})
                EXPECT_LT(difference(fitted.layers[l].*projection, dense.weights().layers[l].*projection),
                          1e-4)
                    << config.architecture << ", layer " << l;
    }
}

/// H * (R M^T) by its formula, neuron by neuron.
at::Tensor masked_outputs(const at::Tensor& x, const LayerWeights& layer, const LayerExperts& experts) {
    const auto h = at::silu(x.matmul(layer.gate.t())) * x.matmul(layer.up.t());
    const auto chosen = route(x, experts.router, layout.active).mask;
    auto masked = h.clone();
    for (std::int64_t n = 0; n < h.size(1); ++n) {
        const auto column = experts.owner[n].item<std::int64_t>();
        if (column > 0) masked.select(1, n) *= chosen.select(1, column - 1);
    }
    return masked;
}

/// y is what is missing to the dense model's stream behind the layer.
TEST(ProjectionFit, EachLayerIsTheRegressionOfItsFormula) {
    const auto config = test::tiny_config();
    const auto dense = test::tiny_transformer(config);
    const auto experts = test::random_experts(config, layout, 3);
    const auto fitted = fit_projections(dense, dense.weights(), experts, text(config), ridge, unheard);
    auto wanted = dense.embed(text(config)), given = wanted;
    for (std::int64_t l = 0; l < config.layers; ++l) {
        const auto& layer = dense.weights().layers[static_cast<std::size_t>(l)];
        const auto& [output, down] = std::tie(fitted.layers[static_cast<std::size_t>(l)].output,
                                              fitted.layers[static_cast<std::size_t>(l)].down);
        wanted = dense.attend(wanted, l);
        const auto heads = dense.attention_heads(given, l);
        RidgeRegression attention;
        attention.add(heads.flatten(0, 1), (wanted - given).flatten(0, 1));
        EXPECT_LT(difference(output, attention.solve(layer.output, ridge)), 1e-3) << "layer " << l;
        if (l > 0) {
            EXPECT_GT(difference(output, layer.output), 1e-3) << "layer " << l;
        }
        given = given + heads.matmul(output.t());
        wanted = dense.feed_forward(wanted, l, dense.dense());
        const auto x = dense.feed_forward_input(given, l).flatten(0, 1);
        const auto h = masked_outputs(x, layer, experts.layers[static_cast<std::size_t>(l)]);
        RidgeRegression regression;
        regression.add(h, (wanted - given).flatten(0, 1));
        EXPECT_LT(difference(down, regression.solve(layer.down, ridge)), 1e-3) << "layer " << l;
        EXPECT_GT(difference(down, layer.down), 1e-2) << "layer " << l;
        given = given + h.matmul(down.t()).view_as(given);
    }
}

/// Each layer gets the experts that it is fitted to from what the fitted layers before it give.
TEST(ProjectionFit, SplitsEachLayerOnTheTextAsTheFittedOnesLeaveIt) {
    const auto config = test::tiny_config();
    const auto dense = test::tiny_transformer(config);
    const auto second = test::random_experts(config, layout, 4);
    std::vector<at::Tensor> seen;
    const FitHooks hooks{.on_layer =
                             [&](std::int64_t layer, const FittedLayer& fitted) {
                                 const auto& wanted = second.layers[static_cast<std::size_t>(layer)];
                                 EXPECT_TRUE(at::equal(fitted.experts.owner, wanted.owner));
                             },
                         .split =
                             [&](std::int64_t layer, const at::Tensor& inputs) {
                                 EXPECT_EQ(layer, std::ssize(seen));
                                 seen.push_back(inputs);
                                 return second.layers[static_cast<std::size_t>(layer)];
                             }};
    const auto weights = fit_projections(dense, dense.weights(), test::random_experts(config, layout, 3),
                                         text(config), ridge, hooks);
    const auto fixed = fit_projections(dense, dense.weights(), second, text(config), ridge, unheard);
    ASSERT_EQ(std::ssize(seen), config.layers);
    const Transformer converted(config, weights);
    auto given = dense.embed(text(config));
    for (std::int64_t l = 0; l < config.layers; ++l) {
        const auto index = static_cast<std::size_t>(l);
        EXPECT_LT(difference(weights.layers[index].down, fixed.layers[index].down), 1e-5);
        given = converted.attend(given, l);
        EXPECT_LT(difference(seen[index], converted.feed_forward_input(given, l).flatten(0, 1)), 1e-4) << l;
        given = converted.feed_forward(given, l, converted_feed_forward(weights, second));
    }
}

TEST(ProjectionFit, GoesOnAfterLayersThatAreDone) {
    const auto config = test::tiny_config();
    const auto dense = test::tiny_transformer(config);
    const auto experts = test::random_experts(config, layout, 3);
    std::vector<Projections> all;
    fit_projections(dense, dense.weights(), experts, text(config), ridge,
                    {[&](std::int64_t, const FittedLayer& fitted) { all.push_back(fitted.projections); }});
    const std::vector<Projections> done{all[0], all[1]};
    std::vector<std::int64_t> told;
    const auto fitted =
        fit_projections(dense, dense.weights(), experts, text(config), ridge,
                        {[&](std::int64_t layer, const FittedLayer&) { told.push_back(layer); }}, done);
    EXPECT_EQ(told, (std::vector<std::int64_t>{2}));
    for (std::size_t l = 0; l < all.size(); ++l) {
        EXPECT_TRUE(at::equal(fitted.layers[l].output, all[l].attention)) << l;
        EXPECT_TRUE(at::equal(fitted.layers[l].down, all[l].down)) << l;
    }
}

TEST(ProjectionFit, ChangesNoOtherWeightAndTellsOfEachLayer) {
    const auto config = test::tiny_config();
    const auto dense = test::tiny_transformer(config);
    const auto before = dense.weights().layers[1].down.clone();
    std::vector<std::int64_t> told;
    const auto fitted =
        fit_projections(dense, dense.weights(), test::random_experts(config, layout, 3), text(config), ridge,
                        {[&](std::int64_t layer, const FittedLayer&) { told.push_back(layer); }});
    EXPECT_EQ(told, (std::vector<std::int64_t>{0, 1, 2}));
    EXPECT_TRUE(at::equal(dense.weights().layers[1].down, before)) << "the teacher's";
    for (std::size_t l = 0; l < fitted.layers.size(); ++l)
        for (const auto field : {&LayerWeights::query, &LayerWeights::value, &LayerWeights::ffn_norm,
                                 &LayerWeights::gate, &LayerWeights::up})
            EXPECT_TRUE(at::equal(fitted.layers[l].*field, dense.weights().layers[l].*field)) << l;
}

TEST(ProjectionFit, InBf16IsWorthAsMuchToTheExactModelsWeights) {
    const auto config = test::tiny_config();
    const auto exact = test::tiny_transformer(config);
    const Transformer rough(config, exact.weights().to({at::kCPU, at::kBFloat16}));
    const auto experts = test::random_experts(config, layout, 3);
    const auto wanted = fit_projections(exact, exact.weights(), experts, text(config), ridge, unheard),
               fitted = fit_projections(rough, exact.weights(), experts, text(config), ridge, unheard);
    for (std::size_t l = 0; l < fitted.layers.size(); ++l) {
        const auto &source = exact.weights().layers[l], &layer = fitted.layers[l];
        EXPECT_TRUE(at::equal(layer.gate, source.gate)) << "not rounded";
        EXPECT_EQ(layer.down.scalar_type(), at::kFloat);
    }
    EXPECT_LT(distance(exact, fitted, experts), 1.05 * distance(exact, wanted, experts));
    EXPECT_LT(distance(exact, fitted, experts), 0.8 * distance(exact, exact.weights(), experts));
}

}  // namespace
}  // namespace dotmoe::projection_fit_test
