// What text the layers are fitted to.
#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>

#include "align/activations.h"
#include "align/layerwise.h"
#include "align/loss_metric.h"
#include "base/alignment_compute.h"
#include "base/seed.h"
#include "experts/masked_ffn.h"
#include "model/load.h"
#include "tests/core/pipeline/toy_conversions.h"
#include "text/corpus.h"

namespace dotmoe {
namespace {

using LayerPhaseTest = ConvertTest;

TEST_F(LayerPhaseTest, FitsEachLayerToTheTextAsTheConvertedOnesLeaveIt) {
    auto wanted = request("out");
    auto& recipe = wanted.recipe;
    recipe.distill.steps = 0;
    recipe.distill.load_floor = 0;  // the routers stay as this phase leaves them
    NullSink quiet;
    RunControl control;
    convert(wanted, {quiet, control});
    const auto experts = load_project(wanted.out).experts;

    const auto model = load_model(wanted.model, alignment_compute(choose_compute(DeviceChoice::cpu)));
    const auto corpus = load_corpus(wanted.text, *model->tokenizer,
                                    {.window = recipe.text.window,
                                     .held_out_windows = recipe.text.held_out_windows,
                                     .seed = recipe.seed});
    const auto train = at::tensor(corpus.train, at::kLong).view({-1, recipe.text.window});
    const Transformer transformer(model->config, model->weights);
    const auto metrics = loss_metrics(transformer, train.slice(0, 0, recipe.layerwise.metric_windows),
                                      derive_seed(recipe.seed, SeedPurpose::metric, 0));
    const auto calibration = train.slice(0, 0, recipe.text.calibration_windows);
    ActivationStream converted(transformer, calibration), dense(transformer, calibration);
    const at::NoGradGuard no_grad;
    for (std::size_t l = 0; l < experts.layers.size(); ++l) {
        const auto& [owner, router] = experts.layers[l];
        const auto refitted = [&](const ActivationStream& stream) {
            const NeuronEnergies energies(stream.feed_forward_inputs(), model->weights.layers[l], metrics[l]);
            return RidgeRouter(energies, recipe.layerwise).fit(owner, experts.layout);
        };
        converted.attend();
        dense.attend();
        EXPECT_TRUE(at::allclose(refitted(converted), router, 1e-3, 1e-4)) << "layer " << l;
        EXPECT_EQ(at::allclose(refitted(dense), router, 1e-3, 1e-4), l == 0) << "layer " << l;
        converted.advance(converted_feed_forward(model->weights, experts));
        dense.advance(transformer.dense());
    }
}

}  // namespace
}  // namespace dotmoe
