#include "recording/settled.h"

#include <gtest/gtest.h>

#include "core/recording/sample_run.h"
#include "recording/recorder.h"
#include "support/temporary_folder.h"

namespace dotmoe {
namespace {

TEST(SettledMoments, AreThoseAfterWhichNoOwnerChanges) {
    const TemporaryFolder folder;
    const auto path = folder.path() / "run.moerec";
    // Layer 0 changes last at step 4 of 6, layer 1 with the first picture, layer 2 never has one.
    {
        NullSink nobody;
        Recorder recorder(nobody, path, Recorder::Begin::anew);
        Started started;
        started.layers = 3;
        recorder.publish(started);
        for (int step = 1; step <= 6; ++step) {
            recorder.publish(sample_run::plan(Stage::distillation, 0, std::min(step, 4)));
            recorder.publish(sample_run::plan(Stage::distillation, 1, 5));
            TrainingStep training;
            training.step = step;
            recorder.publish(training);
        }
    }
    const Recording recording(path);
    const auto settled = settled_moments(recording);
    ASSERT_EQ(settled.size(), 3U);
    ASSERT_TRUE(settled[0] && settled[1]);
    EXPECT_FALSE(settled[2]);
    // The oracle reads forward.
    for (int layer = 0; layer < 2; ++layer) {
        const std::size_t count = recording.moments().size(), at = *settled[static_cast<std::size_t>(layer)];
        const auto owner = recording.plan(count - 1, layer)->owner;
        for (std::size_t moment = at; moment < count; ++moment)
            EXPECT_EQ(recording.plan(moment, layer)->owner, owner);
        if (at > 0) {
            const auto before = recording.plan(at - 1, layer);
            EXPECT_TRUE(!before || before->owner != owner);
        }
    }
    EXPECT_GT(*settled[0], *settled[1]);
}

}  // namespace
}  // namespace dotmoe
