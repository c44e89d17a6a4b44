#include "recording/recording.h"

#include <gtest/gtest.h>

#include <fstream>
#include <random>

#include "core/recording/sample_run.h"
#include "recording/recorder.h"
#include "support/message_of.h"
#include "support/temporary_folder.h"

namespace dotmoe {
namespace {

namespace fs = std::filesystem;
using sample_run::layers;

class RecordingTest : public ::testing::Test {
  protected:
    static constexpr int rounds = 2, steps = 7;

    void record() {
        NullSink nobody;
        Recorder recorder(nobody, path_, Recorder::Begin::anew);
        sample_run::play(recorder, rounds, steps);
    }
    std::string contents() const {
        std::ifstream file(path_, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    /// Index of a moment.
    static std::size_t find(const Recording& recording, MomentKind kind, int layer, std::int64_t step) {
        const auto& moments = recording.moments();
        for (std::size_t m = 0; m < moments.size(); ++m)
            if (moments[m].kind == kind && moments[m].layer == layer && moments[m].step == step) return m;
        ADD_FAILURE() << "no such moment";
        return 0;
    }

    TemporaryFolder folder_;
    fs::path path_ = folder_.path() / "run.moerec";
};

TEST_F(RecordingTest, HasAMomentForEachLayerRoundAndStep) {
    record();
    const Recording recording(path_);
    EXPECT_EQ(recording.moments().size(), static_cast<std::size_t>(1 + layers * (1 + rounds) + steps));
    EXPECT_EQ(recording.started().model, "a model.gguf");
    EXPECT_EQ(recording.steps().size(), static_cast<std::size_t>(steps));
    EXPECT_EQ(recording.qualities().size(), 1U);
    EXPECT_EQ(recording.log().size(), 1U);
    EXPECT_EQ(recording.finished()->out, "out");
    EXPECT_EQ(recording.trouble(), std::nullopt);
    EXPECT_EQ(recording.size(), fs::file_size(path_));
    for (const auto& moment : recording.moments())
        EXPECT_EQ(moment.checkpoint, moment.kind == MomentKind::global_step && moment.step == 5);
}

TEST_F(RecordingTest, AtAMomentEachLayerHasItsNewestPictureAndNoLater) {
    record();
    const Recording recording(path_);
    for (std::size_t m = 0; m < recording.moments().size(); ++m) {
        const auto& moment = recording.moments()[m];
        const bool global = moment.kind == MomentKind::global_step;
        for (int layer = 0; layer < layers; ++layer) {
            const bool begun = moment.layer > layer || (moment.layer == layer && moment.step > 0) || global;
            const auto plan = recording.plan(m, layer);
            ASSERT_EQ(plan != nullptr, begun) << m << " " << layer;
            if (!begun) continue;
            const auto step = global ? moment.step : moment.layer > layer ? rounds : moment.step;
            EXPECT_EQ(plan->layer, layer);
            EXPECT_EQ(plan->step, step);
            EXPECT_EQ(plan->owner, sample_run::plan(plan->stage, layer, step)->owner);
            EXPECT_EQ(recording.sinkhorn(m, layer)->row_residual[2], static_cast<float>(step));
            const auto load = recording.load(m, layer);
            const bool loaded = global || moment.layer > layer || (moment.layer == layer && step == rounds);
            ASSERT_EQ(load != nullptr, loaded) << m << " " << layer;
            if (loaded) {
                EXPECT_EQ(load->layers, global ? layers : 1);
            }
        }
        const bool routed = global || m + 1 == find(recording, MomentKind::global_step, -1, 1);
        EXPECT_EQ(recording.routing(m) != nullptr, routed) << m;
    }
    EXPECT_EQ(recording.plan(0, layers), nullptr);
    EXPECT_EQ(recording.plan(0, -1), nullptr);
}

TEST_F(RecordingTest, KnowsTheFirstPlanOfALayer) {
    record();
    const Recording recording(path_);
    for (int layer = 0; layer < layers; ++layer) {
        const auto first = recording.first_plan(layer);
        ASSERT_TRUE(first);
        EXPECT_NE(recording.plan(*first, layer), nullptr);
        ASSERT_GT(*first, 0U);
        EXPECT_EQ(recording.plan(*first - 1, layer), nullptr);
    }
    EXPECT_EQ(recording.first_plan(layers), std::nullopt);
    EXPECT_EQ(recording.first_plan(-1), std::nullopt);
}

TEST_F(RecordingTest, BadgesAndProgressAreThoseOfTheMoment) {
    record();
    const Recording recording(path_);
    const auto states = [&](std::size_t moment) {
        std::string text;
        for (const auto& status : recording.layers(moment))
            text += status.state == LayerState::done ? 'D' : status.state == LayerState::aligning ? 'a' : '.';
        return text;
    };
    EXPECT_EQ(states(0), "...");
    EXPECT_EQ(states(find(recording, MomentKind::layer, 1, 0)), "Da.");
    EXPECT_EQ(states(find(recording, MomentKind::round, 1, 1)), "Da.");
    EXPECT_EQ(states(find(recording, MomentKind::round, 1, rounds)), "DD.");
    EXPECT_EQ(recording.layers(recording.moments().size() - 1)[2].error, 0.25 + 0.1 * 2);
    EXPECT_FALSE(recording.progress(0));
    EXPECT_EQ(recording.progress(find(recording, MomentKind::global_step, -1, 3))->done, 3);
}

TEST_F(RecordingTest, FollowsAFileThatGrows) {
    NullSink nobody;
    Recorder recorder(nobody, path_, Recorder::Begin::anew);
    recorder.publish(Started{"m", layers, 40, 24, 4, 2, 8, "cpu", "float", "toy"});
    Recording recording(path_);
    EXPECT_EQ(recording.moments().size(), 1U);
    EXPECT_FALSE(recording.refresh());
    for (int step = 1; step <= 3; ++step) {
        recorder.publish(sample_run::step(step, 3));
        recorder.publish(sample_run::plan(Stage::distillation, 1, step));
        EXPECT_TRUE(recording.refresh());
        EXPECT_EQ(recording.moments().size(), static_cast<std::size_t>(1 + step));
        EXPECT_EQ(recording.plan(recording.moments().size() - 1, 1)->step, step);
    }
    EXPECT_EQ(recording.plan(1, 1)->step, 1);
}

TEST_F(RecordingTest, TheSamePictureIsReadOnce) {
    record();
    const Recording recording(path_);
    const auto last = recording.moments().size() - 1;
    EXPECT_EQ(recording.plan(last, 1), recording.plan(last, 1));
    EXPECT_EQ(recording.load(last, 0), recording.load(last, 2));
    EXPECT_NE(recording.plan(last, 1), recording.plan(last, 2));
}

TEST_F(RecordingTest, CutOffAnywhereItShowsWhatIsWhole) {
    record();
    const auto whole = contents();
    const auto moments = Recording(path_).moments().size();
    std::size_t most = 0;
    for (std::size_t length = 0; length < whole.size(); length += 97) {
        const auto cut = folder_.file("cut.moerec", std::string_view(whole).substr(0, length));
        std::optional<std::size_t> seen;
        const auto message = message_of([&] {
            const Recording recording(cut);
            seen = recording.moments().size();
            if (recording.size() < length) {
                EXPECT_NE(recording.trouble()->find("cut off at byte"), std::string::npos);
                EXPECT_NE(recording.trouble()->find(cut.string()), std::string::npos);
            }
        });
        EXPECT_EQ(seen.has_value(), message.empty());
        if (!seen) {
            EXPECT_NE(message.find(cut.string()), std::string::npos) << message;
            continue;
        }
        EXPECT_GE(*seen, most) << "a longer file shows no less";
        most = *seen;
    }
    EXPECT_EQ(most, moments);
}

TEST_F(RecordingTest, DamageEndsWhatIsShownAndIsSaid) {
    record();
    const auto whole = contents();
    std::mt19937 random(1);
    for (int trial = 0; trial < 200; ++trial) {
        auto damaged = whole;
        const auto at = recording_line.size() + random() % (whole.size() - recording_line.size());
        damaged[at] = static_cast<char>(damaged[at] ^ (1 << (random() % 8)));
        const auto path = folder_.file("damaged.moerec", damaged);
        const auto message = message_of([&] {
            const Recording recording(path);
            ASSERT_TRUE(recording.trouble()) << at;
            EXPECT_LE(recording.size(), at);
            for (int layer = 0; layer < layers; ++layer)  // what is shown is what was recorded
                if (const auto plan = recording.plan(recording.moments().size() - 1, layer)) {
                    EXPECT_EQ(plan->owner, sample_run::plan(plan->stage, layer, plan->step)->owner);
                }
        });
        if (!message.empty()) {
            EXPECT_NE(message.find("damaged or cut off"), std::string::npos) << message;
        }
    }
}

TEST_F(RecordingTest, OtherFilesAreNamedAndRefused) {
    const auto model = folder_.file("model.gguf",
                                    "GGUF and much more of it, which is longer than a line of text is, "
                                    "and then some more of it");
    EXPECT_FALSE(Recording::recognises(model));
    EXPECT_FALSE(Recording::recognises(folder_.path()));
    EXPECT_FALSE(Recording::recognises(folder_.path() / "nothing"));
    EXPECT_EQ(message_of([&] { Recording recording(model); }),
              model.string() + ": is not a recording of this version");
    EXPECT_NE(message_of([&] { Recording recording(folder_.path() / "nothing"); }).find("cannot be opened"),
              std::string::npos);
    record();
    EXPECT_TRUE(Recording::recognises(path_));
}

}  // namespace
}  // namespace dotmoe
