#include "pipeline/fork.h"

#include "tests/core/pipeline/toy_conversions.h"

namespace dotmoe {
namespace {

class ForkTest : public ConvertTest {
  protected:
    NullSink quiet_;
    RunControl control_;
};

TEST_F(ForkTest, AFinishedConversionKeepsTheEndsOfItsPhases) {
    const auto parent = request("parent");
    convert(parent, {quiet_, control_});
    EXPECT_EQ(kept_states(parent.out), (std::vector{KeptState::global, KeptState::layerwise}));
    EXPECT_EQ(to_toml(recipe_to_fork(parent.out)), to_toml(parent.recipe));
    const auto may_change = changeable_in(parent.out);
    for (const auto* setting : {"name", "distill.steps", "distill.z_weight", "recover.router_lr"})
        EXPECT_TRUE(may_change(setting)) << setting;
    for (const auto* setting :
         {"seed", "layout.active", "text.window", "layerwise.rounds", "constraints.pin"})
        EXPECT_FALSE(may_change(setting)) << setting;
}

/// The child has all that its own forks need: its parent may be gone.
TEST_F(ForkTest, AChildIsForkedWithoutItsParent) {
    auto parent = request("parent"), child = request("child"), grandchild = request("grandchild");
    convert(parent, {quiet_, control_});
    child.recipe.recover.steps = grandchild.recipe.recover.steps = 2;
    child.fork = {.folder = parent.out, .at = {}};
    const auto figures = convert(child, {quiet_, control_});
    EXPECT_EQ(figures.parent->state, name_of(KeptState::global));
    fs::remove_all(parent.out);

    grandchild.recipe.distill.steps = 4;
    grandchild.fork = {.folder = child.out, .at = {}};
    EXPECT_EQ(convert(grandchild, {quiet_, control_}).parent->state, name_of(KeptState::layerwise));
    auto whole = grandchild;
    whole.fork.reset();
    whole.out = folder_ / "whole";
    convert(whole, {quiet_, control_});
    expect_same_experts(grandchild.out, whole.out);
}

/// What the fit made is in all that recovery has learnt since, and in the layers that it has come to.
TEST_F(ForkTest, TheFitMayChangeUntilRecoveryHasBegun) {
    auto parent = request("parent");
    parent.recipe.recover = {.fit_windows = 4, .steps = 4};
    const auto within_fit = [](const Payload& payload) {
        const auto* progress = std::get_if<Progress>(&payload);
        return progress && progress->phase == "fit" && progress->done == 1;
    };
    const auto within_steps = [&](const Payload& payload) {
        const auto* step = std::get_if<TrainingStep>(&payload);
        return step && step->step == parent.recipe.distill.steps + 2;
    };
    for (const auto& moment : std::vector<std::function<bool(const Payload&)>>{within_fit, within_steps}) {
        RunControl stopped;
        EventLog stopper([&](const Payload& payload) {
            if (moment(payload)) stopped.request_stop();
        });
        EXPECT_THROW(convert(parent, {stopper, stopped}), Cancelled);
        parent.resume = true;
        const auto chosen = [&](const std::function<void(RecoverRecipe&)>& change) {
            auto recipe = parent.recipe;
            change(recipe.recover);
            return choose_fork({.folder = parent.out, .at = {}}, recipe).state;
        };
        EXPECT_EQ(chosen([](auto& recover) { recover.steps = 5; }), "checkpoint");
        EXPECT_EQ(chosen([](auto& recover) { recover.fit_windows = 8; }), "global");
        EXPECT_EQ(chosen([](auto& recover) { recover.fit_split = true; }), "global");
        EXPECT_EQ(chosen([](auto& recover) { recover.fit_ridge = 1; }), "global");
    }
}

/// Of a folder's earlier conversion no state is left to fork from.
TEST_F(ForkTest, AConversionBegunAnewForgetsTheEarlierOnesStates) {
    auto again = request("out");
    convert(again, {quiet_, control_});
    again.recipe.seed = 5;
    RunControl stopped;
    EventLog stopper([&](const Payload& payload) {
        if (std::holds_alternative<TrainingStep>(payload)) stopped.request_stop();
    });
    EXPECT_THROW(convert(again, {stopper, stopped}), Cancelled);
    EXPECT_EQ(kept_states(again.out), (std::vector{KeptState::checkpoint, KeptState::layerwise}));
    EXPECT_EQ(recipe_to_fork(again.out).seed, 5U);
}

/// Killed between the two: its kept states are in place, its checkpoint is not gone yet.
TEST_F(ForkTest, KilledBeforeItsCheckpointWentItKeepsTheSameStates) {
    auto parent = request("parent");
    const auto checkpoint = parent.out / "checkpoint", aside = folder_ / "aside";
    EventLog copier([&](const Payload& payload) {
        if (std::holds_alternative<CheckpointSaved>(payload))
            fs::copy(checkpoint, aside, fs::copy_options::recursive | fs::copy_options::overwrite_existing);
    });
    convert(parent, {copier, control_});
    fs::copy(parent.out, folder_ / "straight", fs::copy_options::recursive);
    fs::rename(aside, checkpoint);
    parent.resume = true;
    convert(parent, {quiet_, control_});
    EXPECT_EQ(kept_states(parent.out), (std::vector{KeptState::global, KeptState::layerwise}));
    expect_same_experts(parent.out, folder_ / "straight");

    // Those of a conversion by another recipe are not kept.
    parent.resume = false;
    parent.recipe.start = Start::random;
    convert(parent, {quiet_, control_});
    EXPECT_EQ(kept_states(parent.out), (std::vector{KeptState::global}));
}

TEST_F(ForkTest, OnceTheMomentsOfAnOptimizerAreKeptWhatIsTrainedStays) {
    const auto parent = request("parent");
    RunControl stopped;
    EventLog stopper([&](const Payload& payload) {
        const auto* step = std::get_if<TrainingStep>(&payload);
        if (step && step->step == 6) stopped.request_stop();
    });
    EXPECT_THROW(convert(parent, {stopper, stopped}), Cancelled);
    const auto chosen = [&](const std::function<void(DistillRecipe&)>& change) {
        auto recipe = parent.recipe;
        change(recipe.distill);
        return choose_fork({.folder = parent.out, .at = {}}, recipe).state;
    };
    EXPECT_EQ(chosen([](auto& distill) { distill.affinity_lr = 1; }), "checkpoint");
    EXPECT_EQ(chosen([](auto& distill) { distill.steps = 6; }), "checkpoint");
    EXPECT_EQ(chosen([](auto& distill) { distill.steps = 5; }), "layer-wise");
    EXPECT_EQ(chosen([](auto& distill) { distill.train_router = false; }), "layer-wise");
}

}  // namespace
}  // namespace dotmoe
