#include "align/loss_metric.h"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "align/activations.h"
#include "core/align/small_layer.h"
#include "support/tiny_model.h"

namespace dotmoe {
namespace {

/// KL(dense || changed), summed over all positions, where `change` [D] is added to a layer's FFN output at
/// one token; and that summed over the tokens.
double divergence(const Transformer& model, const at::Tensor& window, std::int64_t layer,
                  const at::Tensor& change) {
    const at::NoGradGuard no_grad;
    const auto log_probabilities = [&](std::int64_t changed_token) {
        const auto ffn = [&](const at::Tensor& x, std::int64_t l) {
            auto y = dense_feed_forward(x, model.weights().layers[static_cast<std::size_t>(l)]);
            if (l == layer && changed_token >= 0) y.select(1, changed_token).add_(change);
            return y;
        };
        return model.logits(model.hidden(window, ffn)).to(at::kDouble).log_softmax(-1);
    };
    const auto dense = log_probabilities(-1);
    double sum = 0;
    for (std::int64_t t = 0; t < window.size(1); ++t)
        sum += (dense.exp() * (dense - log_probabilities(t))).sum().item<double>();
    return sum;
}

TEST(LossMetrics, TellsTheDivergenceThatASmallChangeOfTheOutputMakes) {
    const auto config = test::tiny_config();
    const auto model = test::tiny_transformer();
    const auto window = test::tiny_tokens(config, 1, 12);
    const auto metrics = loss_metrics(model, window.repeat({800, 1}), 1);  // labels are drawn: many draws
    ASSERT_EQ(metrics.size(), 3U);
    at::manual_seed(3);
    for (const std::int64_t layer : {0, 2}) {
        const auto& metric = metrics[static_cast<std::size_t>(layer)];
        std::vector<double> by_metric, by_norm;
        for (int i = 0; i < 6; ++i) {
            const auto change = 0.02 * at::randn({config.width}) * at::randn({config.width}).exp();
            const double kl = divergence(model, window, layer, change);
            by_metric.push_back(kl / change.dot(metric.matmul(change)).item<double>());
            by_norm.push_back(kl / change.square().sum().item<double>());
        }
        const auto spread = [](const std::vector<double>& ratios) {
            return *std::max_element(ratios.begin(), ratios.end()) /
                   *std::min_element(ratios.begin(), ratios.end());
        };
        EXPECT_LT(spread(by_metric), 1.15) << "layer " << layer;
        EXPECT_GT(spread(by_norm), 1.5)
            << "layer " << layer << ": directions too alike to tell metrics apart";
    }
}

TEST(LossMetrics, AreSymmetricOfUnitMeanDiagonalAndRepeatable) {
    const auto model = test::tiny_transformer();
    const auto windows = test::tiny_tokens(test::tiny_config(), 3, 20);
    std::int64_t done = 0;
    const auto metrics =
        loss_metrics(model, windows, 5, [&](std::int64_t count) { EXPECT_EQ(count, ++done); });
    const auto again = loss_metrics(model, windows, 5), other = loss_metrics(model, windows, 6);
    EXPECT_EQ(done, 3);
    for (std::size_t l = 0; l < metrics.size(); ++l) {
        EXPECT_TRUE(at::allclose(metrics[l], metrics[l].t()));
        EXPECT_NEAR(metrics[l].diagonal().mean().item<double>(), 1, 1e-5);
        EXPECT_TRUE(at::equal(metrics[l], again[l]));
        EXPECT_FALSE(at::allclose(metrics[l], other[l]));
    }
}

TEST(NeuronEnergies, AreMeasuredInTheMetric) {
    at::manual_seed(4);
    const auto layer = test::small_layer(8, 24);
    const auto x = at::randn({40, 8}), root = at::randn({8, 8});
    const auto h = at::silu(x.matmul(layer.gate.t())) * x.matmul(layer.up.t());
    const auto wanted = (h.abs() * root.matmul(layer.down).norm(2, 0)).square();  // F = root^T root
    const NeuronEnergies energies(x, layer, root.t().matmul(root));
    EXPECT_TRUE(at::allclose(energies.chunk(0).energies, wanted, 1e-4, 1e-5));
}

}  // namespace
}  // namespace dotmoe
