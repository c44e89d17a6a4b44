#include "pipeline/convert.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <numeric>
#include <thread>

#include "base/device.h"
#include "base/error.h"
#include "base/files.h"
#include "experts/product_keys.h"
#include "pipeline/live_routing.h"
#include "tests/core/pipeline/toy_conversions.h"

namespace dotmoe {
namespace {

TEST_F(ConvertTest, TransportBeatsTheRandomSplitAndTrainingImprovesOnIt) {
    EventLog recorder;
    RunControl control;
    auto wanted = request("out");
    wanted.recipe = preset("toy");
    const auto metrics = convert(wanted, {recorder, control});

    EXPECT_LT(metrics.layerwise->perplexity, metrics.random_layerwise->perplexity);
    EXPECT_LT(metrics.converted->perplexity, metrics.layerwise->perplexity);
    EXPECT_LT(metrics.dense->perplexity, metrics.converted->perplexity);
    EXPECT_NEAR(metrics.dense->kl, 0, 1e-6);
    EXPECT_GT(metrics.peak_memory_bytes, 0);

    const auto project = load_project(wanted.out);  // checks every capacity
    EXPECT_EQ(project.experts.layers.size(), metrics.layers.size());
    EXPECT_EQ(nlohmann::json::parse(read_text_file(wanted.out / "metrics.json")), nlohmann::json(metrics));
    EXPECT_FALSE(fs::exists(wanted.out / "checkpoint"));

    const auto events = recorder.events();
    EXPECT_TRUE(std::holds_alternative<Finished>(events.back()));
    EXPECT_EQ(recorder.all<Started>().size(), 1U);
    const auto steps = recorder.all<TrainingStep>();
    ASSERT_EQ(steps.size(), static_cast<std::size_t>(wanted.recipe.distill.steps));
    EXPECT_DOUBLE_EQ(steps.front().temperature, 1.0);
    EXPECT_NEAR(steps.back().temperature, 0.1, 1e-9);
    EXPECT_FALSE(recorder.all<std::shared_ptr<const PlanSnapshot>>().empty());
    EXPECT_FALSE(recorder.all<std::shared_ptr<const SinkhornSnapshot>>().empty());
    for (const auto& load : recorder.all<std::shared_ptr<const LoadSnapshot>>()) {
        const auto mean = std::accumulate(load->load.begin(), load->load.end(), 0.0F) /
                          static_cast<float>(load->load.size());
        EXPECT_NEAR(mean, 1, 1e-4);
    }
}

TEST_F(ConvertTest, WithoutTheRandomBaselineItIsTheSameConversion) {
    NullSink quiet;
    RunControl control;
    auto wanted = request("alone");
    wanted.recipe.layerwise.random_baseline = false;
    const auto alone = convert(wanted, {quiet, control}),
               beside = convert(request("beside"), {quiet, control});
    expect_same_experts(folder_ / "alone", folder_ / "beside");
    EXPECT_EQ(alone.converted->perplexity, beside.converted->perplexity);
    EXPECT_FALSE(alone.random_layerwise);
    EXPECT_TRUE(beside.random_layerwise);
    for (const auto& layer : alone.layers) EXPECT_FALSE(layer.random_error);
    for (const auto& layer : beside.layers) EXPECT_TRUE(layer.random_error);
}

TEST_F(ConvertTest, SameSeedSameAssignment) {
    NullSink quiet;
    RunControl control;
    convert(request("a"), {quiet, control});
    convert(request("b"), {quiet, control});
    expect_same_experts(folder_ / "a", folder_ / "b");
}

TEST_F(ConvertTest, StoppedInTheLayerPhaseItGoesOnToTheSameResult) {
    stop_and_resume([](const Payload& payload) {
        const auto* layer = std::get_if<LayerStatus>(&payload);
        return layer && layer->layer == 1 && layer->state == LayerState::done;
    });
}

TEST_F(ConvertTest, StoppedInTheGlobalPhaseItGoesOnToTheSameResult) {
    stop_and_resume([](const Payload& payload) {
        const auto* step = std::get_if<TrainingStep>(&payload);
        return step && step->step == 6;
    });
}

TEST_F(ConvertTest, ResumeRefusesAnotherRecipesCheckpoint) {
    RunControl control;
    EventLog stopper([&](const Payload& payload) {
        if (std::holds_alternative<TrainingStep>(payload)) control.request_stop();
    });
    auto broken = request("broken");
    EXPECT_THROW(convert(broken, {stopper, control}), Cancelled);
    broken.resume = true;
    broken.recipe.seed = 77;
    NullSink quiet;
    RunControl fresh;
    EXPECT_THROW(convert(broken, {quiet, fresh}), Error);
}

TEST_F(ConvertTest, ThePapersRandomStartRunsWithoutALayerPhase) {
    NullSink quiet;
    RunControl control;
    auto wanted = request("paper");
    wanted.recipe.start = Start::random;
    wanted.recipe.layout = {.experts = 16, .active = 4, .shared = 0};
    const auto metrics = convert(wanted, {quiet, control});
    EXPECT_FALSE(metrics.layerwise);
    EXPECT_TRUE(metrics.converted);
    EXPECT_EQ(load_project(wanted.out).experts.layers.size(), metrics.layers.size());
}

TEST_F(ConvertTest, ARivalKeepsItsSplitThroughTheGlobalPhase) {
    RunControl control;
    const auto converted = [&](const std::string& name, Method method, std::int64_t steps,
                               EventSink& events) {
        auto wanted = request(name);
        wanted.recipe.method = method;
        wanted.recipe.distill.steps = steps;
        wanted.recipe.layerwise.sequential = false;  // which leaves the toy's routers little to learn
        return convert(wanted, {events, control});
    };
    NullSink quiet;
    EventLog recorder;
    converted("as it is", Method::weights, 0, quiet);
    const auto metrics = converted("trained", Method::weights, 60, recorder);
    const auto as_it_is = load_project(folder_ / "as it is"), trained = load_project(folder_ / "trained");
    for (std::size_t l = 0; l < trained.experts.layers.size(); ++l) {
        EXPECT_TRUE(at::equal(trained.experts.layers[l].owner, as_it_is.experts.layers[l].owner));
        EXPECT_FALSE(
            at::allclose(trained.experts.layers[l].router, as_it_is.experts.layers[l].router, 0, 1e-4));
    }
    EXPECT_EQ(metrics.method, "weights");
    EXPECT_LT(metrics.converted->kl, metrics.layerwise->kl);
    EXPECT_LT(metrics.converted->perplexity, metrics.layerwise->perplexity);
    EXPECT_TRUE(recorder.all<std::shared_ptr<const SinkhornSnapshot>>().empty());
    const auto steps = recorder.all<TrainingStep>();
    EXPECT_EQ(steps.size(), 60U);
    for (const auto& step : steps) EXPECT_EQ(step.sinkhorn_iterations, 0);
}

TEST_F(ConvertTest, APrunedModelIsJudgedAsItIs) {
    EventLog recorder;
    RunControl control;
    auto wanted = request("pruned");
    wanted.recipe.method = Method::pruning;
    const auto metrics = convert(wanted, {recorder, control});
    EXPECT_TRUE(recorder.all<TrainingStep>().empty());
    EXPECT_EQ(metrics.converted->perplexity, metrics.layerwise->perplexity);
    const auto& layout = wanted.recipe.layout;
    for (const auto& layer : metrics.layers) EXPECT_EQ(layer.dead, layout.experts - layout.active);
}

TEST_F(ConvertTest, PeerHasTheBudgetInSingleNeuronsAndTrainsKeys) {
    NullSink quiet;
    RunControl never;
    auto wanted = request("peer");
    wanted.recipe.method = Method::peer;
    const auto metrics = convert(wanted, {quiet, never});
    const auto project = load_project(wanted.out);
    const auto& given = wanted.recipe.layout;
    const auto capacity = given.capacity(project.experts.layers.front().owner.size(0));
    EXPECT_EQ(project.experts.layout.experts, given.experts * capacity);
    EXPECT_EQ(project.experts.layout.active, given.active * capacity);
    EXPECT_NE(metrics.converted->kl, metrics.layerwise->kl) << "its keys are trained";
    const auto grid = key_grid(project.experts.layout.experts);
    for (const auto& layer : project.experts.layers)
        EXPECT_TRUE(
            at::allclose(router_of_keys(keys_of_router(layer.router, grid), grid), layer.router, 1e-4, 1e-5));
    EXPECT_LT(metrics.active_parameters, metrics.dense_parameters);
}

TEST_F(ConvertTest, AnyMethodResumesToTheSameResult) {
    RunControl control, never;
    NullSink quiet;
    EventLog stopper([&](const Payload& payload) {
        const auto* step = std::get_if<TrainingStep>(&payload);
        if (step && step->step == 6) control.request_stop();
    });
    auto straight = request("straight"), broken = request("broken");
    straight.recipe.method = broken.recipe.method = Method::activations;
    convert(straight, {quiet, never});
    EXPECT_THROW(convert(broken, {stopper, control}), Cancelled);
    broken.resume = true;
    convert(broken, {quiet, never});
    expect_same_experts(straight.out, broken.out);
}

TEST_F(ConvertTest, EachAblationChangesWhatIsLearnt) {
    NullSink quiet;
    RunControl control;
    const auto learnt = [&](const std::string& name, const std::function<void(DistillRecipe&)>& ablate) {
        auto wanted = request(name);
        wanted.recipe.distill.steps = 4;
        wanted.recipe.distill.affinity_lr = 0.5;  // so that four steps move neurons
        wanted.recipe.distill.load_floor = 0;     // raises routers after the training
        ablate(wanted.recipe.distill);
        convert(wanted, {quiet, control});
        return load_project(wanted.out).experts.layers;
    };
    const auto same_router = [](const LayerExperts& a, const LayerExperts& b) {
        return at::equal(a.router, b.router);
    };
    const auto same_owner = [](const LayerExperts& a, const LayerExperts& b) {
        return at::equal(a.owner, b.owner);
    };
    const auto whole = learnt("whole", [](auto&) {});
    const auto hard = learnt("hard", [](auto& distill) { distill.straight_through = StraightThrough::hard; });
    EXPECT_FALSE(std::ranges::equal(whole, hard, same_router));
    const auto greedy = learnt("greedy", [](auto& distill) { distill.rounding = Rounding::greedy; });
    EXPECT_FALSE(std::ranges::equal(whole, greedy, same_owner));
    const auto split_alone = learnt("split alone", [](auto& distill) { distill.train_router = false; });
    const auto router_alone = learnt("router alone", [](auto& distill) { distill.train_assignment = false; });
    const auto nothing =
        learnt("nothing", [](auto& distill) { distill.train_assignment = distill.train_router = false; });
    EXPECT_TRUE(std::ranges::equal(split_alone, nothing, same_router));
    EXPECT_FALSE(std::ranges::equal(split_alone, nothing, same_owner));
    EXPECT_FALSE(std::ranges::equal(router_alone, nothing, same_router));
    EXPECT_TRUE(std::ranges::equal(router_alone, nothing, same_owner));
}

TEST_F(ConvertTest, TheUsersTextIsRoutedWhileItRuns) {
    EventLog recorder;
    RunControl control;
    LiveRouting routing(recorder);
    routing.set_text("What the mind doesn't understand, it worships or fears.");
    convert(request("live"), {recorder, control, &routing});
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    using Picture = std::shared_ptr<const RoutingSnapshot>;
    while (recorder.all<Picture>().empty() && std::chrono::steady_clock::now() < deadline)
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const auto pictures = recorder.all<Picture>();
    ASSERT_FALSE(pictures.empty());
    const auto& last = *pictures.back();
    EXPECT_EQ(last.expert.size(), static_cast<std::size_t>(last.layers * last.active) * last.tokens.size());
    std::string joined;
    for (const auto& token : last.tokens) joined += token;
    EXPECT_EQ(joined, last.text);
}

TEST_F(ConvertTest, LiveRoutingLeavesTheRunsThreadsAlone) {
    const auto before = thread_count();
    set_thread_count(2);
    EventLog recorder;
    { const LiveRouting routing(recorder); }
    int seen = 0;
    std::thread([&] { seen = thread_count(); }).join();
    set_thread_count(before);
    EXPECT_EQ(seen, 2);
}

TEST_F(ConvertTest, ImpossibleRequestsAreRefusedBeforeAnyWork) {
    EventLog recorder;
    RunControl control;
    auto wrong = request("wrong");
    wrong.recipe.layout.experts = 13;
    EXPECT_THROW(convert(wrong, {recorder, control}), UsageError);
    wrong = request("wrong");
    wrong.text = {folder_ / "no such file"};
    EXPECT_THROW(convert(wrong, {recorder, control}), Error);
    EXPECT_FALSE(is_project(wrong.out));
}

}  // namespace
}  // namespace dotmoe
