#include "pipeline/measured_cost.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "tests/core/pipeline/toy_conversions.h"

namespace dotmoe {
namespace {

/// Temporary files go into a folder of the test's own: other tests run at the same time.
class MeasureCostTest : public ConvertTest {
  protected:
    void SetUp() override {
        ConvertTest::SetUp();
        fs::create_directories(folder_ / "temporary");
        ::setenv("TMPDIR", (folder_ / "temporary").c_str(), /*overwrite=*/1);
    }
    void TearDown() override {
        usual_.empty() ? ::unsetenv("TMPDIR") : ::setenv("TMPDIR", usual_.c_str(), 1);
        ConvertTest::TearDown();
    }

    ConvertRequest wanted() const {
        auto wanted = request("never made");
        wanted.recipe.recover.fit_windows = 5;
        wanted.recipe.recover.steps = 6;
        return wanted;
    }
    static const PhaseCost& phase(const CostEstimate& estimate, CostPhase which) {
        return *std::ranges::find(estimate.phases, which, &PhaseCost::phase);
    }
    static std::ptrdiff_t folders_left() {
        return std::distance(fs::directory_iterator(fs::temp_directory_path()), fs::directory_iterator());
    }
    /// One second later at each look.
    Clock ticking() {
        return [this] { return static_cast<double>(++looks_); };
    }
    const std::string usual_ = std::getenv("TMPDIR") ? std::getenv("TMPDIR") : "";
    int looks_ = 0;
    NullSink quiet_;
    RunControl control_;
};

TEST_F(MeasureCostTest, EachPhaseIsItsPredictionTimesMeasuredOverPredictedOfItsSample) {
    const auto estimate = measure_cost(wanted(), {quiet_, control_}, ticking());
    double sum = 0;
    for (const auto& [phase, predicted, sample] : estimate.phases) {
        ASSERT_TRUE(sample) << name_of(phase);
        EXPECT_GT(sample->seconds, 0) << name_of(phase);
        EXPECT_DOUBLE_EQ(sample->seconds, std::floor(sample->seconds)) << "by the clock that was given";
        sum += predicted * sample->seconds / sample->predicted;
    }
    EXPECT_EQ(estimate.phases.size(), 8U);
    EXPECT_NEAR(estimate.seconds(), sum, 1e-9 * sum);
    ASSERT_TRUE(estimate.probe);
    EXPECT_DOUBLE_EQ(estimate.probe->seconds, looks_ - 1);
    EXPECT_GE(estimate.memory_bytes, estimate.probe->memory_bytes);
    EXPECT_GT(estimate.probe->memory_bytes, static_cast<std::int64_t>(fs::file_size(toy())));
    EXPECT_FALSE(fs::exists(wanted().out));
    EXPECT_EQ(folders_left(), 0);
}

/// Samples are counted by the terms that count the whole: with as many steps, windows and layers as are
/// sampled, prediction and sample are one.
TEST_F(MeasureCostTest, AConversionNoLargerThanTheTrialIsWhatWasMeasured) {
    auto small = wanted();
    small.recipe.text.held_out_windows = 2;
    small.recipe.layerwise.metric_windows = small.recipe.recover.fit_windows = 2;
    small.recipe.distill.steps = small.recipe.recover.steps = 1;
    const auto estimate = measure_cost(small, {quiet_, control_}, ticking());
    const auto layers = static_cast<double>(inspect(toy()).config.layers);
    const std::pair<CostPhase, double> times[] = {{CostPhase::load, 1},        {CostPhase::metric, 1},
                                                  {CostPhase::layers, layers}, {CostPhase::global, 1},
                                                  {CostPhase::fit, 1},         {CostPhase::recovery, 1}};
    for (const auto& [which, count] : times) {
        const auto& cost = phase(estimate, which);
        EXPECT_NEAR(cost.predicted, count * cost.sample->predicted, 1e-9 * cost.predicted) << name_of(which);
        EXPECT_NEAR(cost.seconds(), count * cost.sample->seconds, 1e-9 * cost.seconds()) << name_of(which);
    }
}

TEST_F(MeasureCostTest, WhatARecipeLeavesOutIsNoPhase) {
    auto paper = wanted();
    paper.recipe.start = Start::random;
    paper.recipe.layout = {.experts = 16, .active = 4, .shared = 0};
    paper.recipe.recover = {};
    const auto random = measure_cost(paper, {quiet_, control_}, ticking());
    std::vector<CostPhase> phases;
    std::ranges::transform(random.phases, std::back_inserter(phases), &PhaseCost::phase);
    EXPECT_EQ(phases, (std::vector{CostPhase::load, CostPhase::judge, CostPhase::global, CostPhase::finish}));

    auto pruned = wanted();
    pruned.recipe.method = Method::pruning;
    const auto estimate = measure_cost(pruned, {quiet_, control_}, ticking());
    EXPECT_TRUE(std::ranges::none_of(estimate.phases,
                                     [](const PhaseCost& cost) { return cost.phase == CostPhase::global; }));
    EXPECT_TRUE(phase(estimate, CostPhase::recovery).sample);
}

TEST_F(MeasureCostTest, IsStoppedInAnyPhaseAndLeavesNothing) {
    for (const auto* phase : {"load", "evaluate", "metric", "distil", "fit", "recover"}) {
        RunControl control;
        EventLog stopper([&](const Payload& payload) {
            const auto* progress = std::get_if<Progress>(&payload);
            if (progress && progress->phase == phase) control.request_stop();
        });
        EXPECT_THROW(measure_cost(wanted(), {stopper, control}), Cancelled) << phase;
        EXPECT_EQ(stopper.all<Progress>().back().phase, phase);
        EXPECT_EQ(folders_left(), 0) << phase;
    }
}

TEST_F(MeasureCostTest, RefusesWhatCannotBeConverted) {
    auto wrong = wanted();
    wrong.recipe.layout.experts = 13;
    EXPECT_THROW(measure_cost(wrong, {quiet_, control_}), UsageError);
    wrong = wanted();
    wrong.text = {folder_ / "no such file"};
    EXPECT_THROW(measure_cost(wrong, {quiet_, control_}), Error);
    EXPECT_EQ(folders_left(), 0);
}

}  // namespace
}  // namespace dotmoe
