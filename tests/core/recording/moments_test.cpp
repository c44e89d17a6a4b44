#include "recording/moments.h"

#include <gtest/gtest.h>

#include "core/recording/sample_run.h"

namespace dotmoe {
namespace {

class MomentsTest : public ::testing::Test {
  protected:
    /// Whether the event begins a moment; it is the current one then.
    bool begins(const Payload& payload) {
        const auto begun = moment_begun_by(payload, now_);
        if (begun) now_ = *begun;
        return begun.has_value();
    }
    Moment now_;
};

TEST_F(MomentsTest, EachRoundIsOneHoweverManyPicturesItHas) {
    EXPECT_TRUE(begins(LayerStatus{.layer = 1, .state = LayerState::aligning, .note = {}}));
    EXPECT_EQ(now_.kind, MomentKind::layer);
    EXPECT_TRUE(begins(sample_run::plan(Stage::layerwise, 1, 1)));
    EXPECT_FALSE(begins(sample_run::plan(Stage::layerwise, 1, 1)));
    EXPECT_FALSE(begins(sample_run::solve(Stage::layerwise, 1, 1)));
    EXPECT_FALSE(begins(sample_run::load(Stage::layerwise, 1, 1, 1)));
    EXPECT_TRUE(begins(sample_run::plan(Stage::layerwise, 1, 2)));
    EXPECT_TRUE(begins(sample_run::plan(Stage::layerwise, 2, 2)));
    EXPECT_EQ(now_.kind, MomentKind::round);
    EXPECT_EQ(now_.layer, 2);
    EXPECT_EQ(now_.step, 2);
    EXPECT_FALSE(begins(LayerStatus{.layer = 2, .state = LayerState::done, .note = {}}));
}

TEST_F(MomentsTest, AGlobalStepIsOneWithAllItsLayers) {
    EXPECT_TRUE(begins(sample_run::step(4, 9)));
    EXPECT_EQ(now_.global_step, 4);
    EXPECT_FALSE(begins(sample_run::plan(Stage::distillation, 0, 4)));
    EXPECT_FALSE(begins(sample_run::plan(Stage::distillation, 1, 4)));
    EXPECT_FALSE(begins(QualitySnapshot{}));
    EXPECT_FALSE(begins(CheckpointSaved{}));
    TrainingStep within = sample_run::step(1, 3);
    within.stage = Stage::layerwise;
    within.layer = 2;
    EXPECT_TRUE(begins(within));
    EXPECT_EQ(now_.kind, MomentKind::layer_step);
    EXPECT_EQ(now_.global_step, 4) << "a layer's step is none of the whole";
}

TEST_F(MomentsTest, AContinuationIsAStart) {
    EXPECT_TRUE(begins(sample_run::step(4, 9)));
    EXPECT_TRUE(begins(Started{}));
    EXPECT_EQ(now_.kind, MomentKind::start);
}

}  // namespace
}  // namespace dotmoe
