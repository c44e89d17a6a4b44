// Conversions of the toy model whose weights go on learning.
#include <gtest/gtest.h>

#include <map>

#include "base/files.h"
#include "base/sha256.h"
#include "export/export.h"
#include "export/verify.h"
#include "model/load.h"
#include "pipeline/converted_model.h"
#include "pipeline/sparsity_dial.h"
#include "tests/core/pipeline/toy_conversions.h"

namespace dotmoe {
namespace {

class RecoveryTest : public ConvertTest {
  protected:
    ConvertRequest recovering(const std::string& name) const {
        auto wanted = request(name);
        wanted.recipe.distill.steps = 4;
        wanted.recipe.recover = {.steps = 16, .learning_rate = 5e-4};
        return wanted;
    }
    RunControl control_;
    NullSink quiet_;
};

TEST_F(RecoveryTest, GivesBackWhatTheSplitCost) {
    EventLog recorder;
    const auto wanted = recovering("out");
    const auto metrics = convert(wanted, {recorder, control_});
    ASSERT_TRUE(metrics.aligned);
    EXPECT_LT(metrics.converted->kl, 0.8 * metrics.aligned->kl);
    EXPECT_LT(metrics.converted->perplexity, metrics.aligned->perplexity);
    const auto steps = recorder.all<TrainingStep>();
    ASSERT_EQ(steps.size(), 20U);
    EXPECT_EQ(steps.back().step, 20);
    EXPECT_EQ(steps.back().total, 20);

    // The split is the global phase's; source and teacher are as they were.
    auto without = wanted;
    without.out = folder_ / "without";
    without.recipe.recover.steps = 0;
    convert(without, {quiet_, control_});
    const auto recovered = load_project(wanted.out), plain = load_project(without.out);
    for (std::size_t l = 0; l < plain.experts.layers.size(); ++l)
        EXPECT_TRUE(at::equal(recovered.experts.layers[l].owner, plain.experts.layers[l].owner));
    EXPECT_EQ(recovered.source_sha256, plain.source_sha256);
    EXPECT_TRUE(plain.weights_sha256.empty());
    EXPECT_FALSE(fs::exists(weights_file(without.out)));
}

TEST_F(RecoveryTest, TheFitAloneChangesOutputProjectionsAlone) {
    auto wanted = recovering("fitted");
    wanted.recipe.recover = {.fit_windows = 16};
    const auto metrics = convert(wanted, {quiet_, control_});
    EXPECT_LT(metrics.converted->kl, 0.8 * metrics.aligned->kl);
    EXPECT_FALSE(metrics.fitted) << "it is the result";
    auto unfitted = recovering("unfitted");
    unfitted.recipe.recover = {};
    const auto plain = convert(unfitted, {quiet_, control_});
    for (std::size_t l = 0; l < plain.layers.size(); ++l)
        EXPECT_EQ(metrics.layers[l].layerwise_error, plain.layers[l].layerwise_error) << "before any weight";
    // Of the first layer nothing before it is to be made good.
    EXPECT_LT(metrics.layers[0].error, plain.layers[0].error);
    const Compute fp32{at::kCPU, at::kFloat};
    const auto source = load_model(toy(), fp32), fitted = load_model(weights_file(wanted.out), fp32);
    for (std::size_t l = 0; l < source->weights.layers.size(); ++l) {
        const auto &before = source->weights.layers[l], &after = fitted->weights.layers[l];
        EXPECT_FALSE(at::equal(after.down, before.down));
        if (l > 0) {
            EXPECT_FALSE(at::equal(after.output, before.output)) << "nothing is lost before the first";
        }
        EXPECT_TRUE(at::equal(after.gate, before.gate));
        EXPECT_TRUE(at::equal(after.query, before.query));
    }
    export_model({.project = wanted.out, .source = {}, .out = folder_ / "hf"}, quiet_, control_);
    const auto card = read_text_file(folder_ / "hf" / "README.md");
    EXPECT_NE(card.find("output projections were fitted"), std::string::npos);
    EXPECT_EQ(card.find("went on learning"), std::string::npos);
}

TEST_F(RecoveryTest, TheFitSplitsAnewWhereTheRecipeSaysSo) {
    for (const auto method : {Method::transport, Method::activations}) {
        const std::string name(name_of(method));
        auto wanted = recovering(name);
        wanted.recipe.method = method;
        wanted.recipe.recover = {.fit_windows = 16};
        convert(wanted, {quiet_, control_});
        const auto kept = load_project(wanted.out).experts;
        wanted.out = folder_ / (name + " anew");
        wanted.recipe.recover.fit_split = true;
        EventLog recorder;
        convert(wanted, {recorder, control_});
        const auto anew = load_project(wanted.out).experts;
        // The second layer sees other text than it did, since the first is fitted by now.
        EXPECT_FALSE(at::equal(anew.layers[1].owner, kept.layers[1].owner)) << name;
        if (method != Method::transport) continue;
        export_model({.project = wanted.out, .source = {}, .out = folder_ / "hf"}, quiet_, control_);
        EXPECT_NE(read_text_file(folder_ / "hf" / "README.md").find("split and routed once more"),
                  std::string::npos);
        // What a viewer was shown last is the result.
        std::map<int, std::vector<std::int32_t>> shown;
        for (const auto& plan : recorder.all<std::shared_ptr<const PlanSnapshot>>())
            shown[plan->layer] = plan->owner;
        for (std::size_t l = 0; l < anew.layers.size(); ++l)
            EXPECT_TRUE(at::equal(at::tensor(shown.at(static_cast<int>(l)), at::kInt),
                                  anew.layers[l].owner.to(at::kInt)))
                << "layer " << l;
    }
}

TEST_F(RecoveryTest, MoreExpertsBringTheDenseModelBack) {
    auto wanted = recovering("fitted");
    wanted.recipe.recover = {.fit_windows = 16};
    const auto metrics = convert(wanted, {quiet_, control_});
    const auto model = ConvertedModel::open(wanted.out, DeviceChoice::cpu);
    const auto [experts, trained, shared, routing] = wanted.recipe.layout;
    ASSERT_EQ(experts, 16);
    ASSERT_EQ(trained, 2);

    // Half of the experts left out are back: a quarter of the fit is left.
    const auto middle = model.with_active(9);
    const auto &dense = model.dense()->weights.layers[1], &own = model.model()->weights.layers[1],
               &seen = middle.model()->weights.layers[1];
    EXPECT_TRUE(at::allclose(seen.down, 0.75 * dense.down + 0.25 * own.down, 1e-5, 1e-7));
    EXPECT_TRUE(at::equal(seen.gate, dense.gate));
    EXPECT_EQ(model.with_active(1).model(), model.model());
    EXPECT_EQ(middle.with_active(trained).model(), model.model());

    TextRequest text{.text = wanted.text};
    text.limit = wanted.recipe.text.held_out_windows;
    const auto points = turn_dial(model, {trained, 9, experts}, text, quiet_, control_);
    EXPECT_NEAR(points[0].quality.kl, metrics.converted->kl, 1e-4);
    EXPECT_LT(points[1].quality.kl, points[0].quality.kl);
    EXPECT_NEAR(points[2].quality.kl, 0, 1e-5) << "all experts on, as without recovery";
}

TEST_F(RecoveryTest, StepsGoOnFromTheFit) {
    auto wanted = recovering("both");
    wanted.recipe.recover.fit_windows = 16;
    const auto metrics = convert(wanted, {quiet_, control_});
    ASSERT_TRUE(metrics.fitted);
    EXPECT_LT(metrics.fitted->kl, 0.8 * metrics.aligned->kl);
    EXPECT_LT(metrics.converted->kl, convert(recovering("steps alone"), {quiet_, control_}).converted->kl);
    const auto text = format_table(metrics);
    EXPECT_LT(text.find("before recovery"), text.find("output projections fitted"));
    EXPECT_LT(text.find("output projections fitted"), text.find("converted"));
}

TEST_F(RecoveryTest, EvalJudgesItsOwnWeightsAgainstTheSource) {
    const auto wanted = recovering("out");
    const auto metrics = convert(wanted, {quiet_, control_});
    const auto model = ConvertedModel::open(wanted.out, DeviceChoice::cpu);
    TextRequest text{.text = wanted.text};
    text.limit = wanted.recipe.text.held_out_windows;
    const auto again = model.evaluate(text, quiet_);
    EXPECT_NEAR(again.dense->perplexity, metrics.dense->perplexity, 1e-3);
    EXPECT_NEAR(again.converted->kl, metrics.converted->kl, 1e-4);
    for (std::size_t l = 0; l < metrics.layers.size(); ++l)
        EXPECT_NEAR(again.layers[l].error, metrics.layers[l].error, 1e-4)
            << "against the source, layer " << l;
}

TEST_F(RecoveryTest, StoppedInItItGoesOnToTheSameResult) {
    auto straight = recovering("straight"), broken = recovering("broken");
    for (auto* run : {&straight, &broken}) {
        run->recipe.recover.fit_windows = 4;
        run->recipe.recover.fit_split = true;  // a second one would not begin with the same layers
    }
    std::vector<std::int64_t> layers_fitted;
    convert(straight, {quiet_, control_});
    const auto stop_at = [&](auto&& moment) {
        RunControl stopped;
        EventLog stopper([&](const Payload& payload) {
            const auto* progress = std::get_if<Progress>(&payload);
            if (progress && progress->phase == "fit") layers_fitted.push_back(progress->done);
            if (moment(payload)) stopped.request_stop();
        });
        EXPECT_THROW(convert(broken, {stopper, stopped}), Cancelled);
        broken.resume = true;
    };
    stop_at([](const Payload& payload) {
        const auto* progress = std::get_if<Progress>(&payload);
        return progress && progress->phase == "fit" && progress->done == 2;
    });
    stop_at([](const Payload& payload) {
        const auto* quality = std::get_if<QualitySnapshot>(&payload);
        return quality && quality->label == "fitted";
    });
    stop_at([](const Payload& payload) {
        const auto* step = std::get_if<TrainingStep>(&payload);
        return step && step->step == 10;
    });
    EXPECT_EQ(layers_fitted, (std::vector<std::int64_t>{1, 2, 3, 4})) << "each once";
    convert(broken, {quiet_, control_});
    expect_same_experts(straight.out, broken.out);
    EXPECT_EQ(load_project(broken.out).weights_sha256, load_project(straight.out).weights_sha256);
}

TEST_F(RecoveryTest, ItsExportIsVerified) {
    const auto wanted = recovering("out");
    convert(wanted, {quiet_, control_});
    export_model({.project = wanted.out, .source = {}, .out = folder_ / "hf"}, quiet_, control_);
    const auto receipt = verify_export(folder_ / "hf", wanted.out);
    EXPECT_TRUE(receipt.passed) << receipt.verdict;
    EXPECT_EQ(receipt.source_sha256, sha256_of_file(toy()));
    const auto card = read_text_file(folder_ / "hf" / "README.md");
    EXPECT_EQ(card.find("no neuron's weights were changed"), std::string::npos);
    EXPECT_NE(card.find("went on learning"), std::string::npos);
}

TEST_F(RecoveryTest, APrunedModelRecoversToo) {
    auto wanted = recovering("pruned");
    wanted.recipe.method = Method::pruning;
    const auto metrics = convert(wanted, {quiet_, control_});
    EXPECT_LT(metrics.converted->kl, 0.8 * metrics.aligned->kl);
}

TEST_F(RecoveryTest, WeightsThatAreNotItsOwnAreRefused) {
    const auto wanted = recovering("out");
    convert(wanted, {quiet_, control_});
    fs::copy_file(toy(), weights_file(wanted.out), fs::copy_options::overwrite_existing);
    EXPECT_THROW(ConvertedModel::open(wanted.out, DeviceChoice::cpu), Error);
    fs::remove(weights_file(wanted.out));
    EXPECT_THROW(ConvertedModel::open(wanted.out, DeviceChoice::cpu), Error);
}

}  // namespace
}  // namespace dotmoe
