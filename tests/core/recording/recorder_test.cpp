#include "recording/recorder.h"

#include <gtest/gtest.h>

#include "core/recording/sample_run.h"
#include "recording/recording.h"
#include "support/message_of.h"
#include "support/temporary_folder.h"

namespace dotmoe {
namespace {

namespace fs = std::filesystem;

class Kept final : public EventSink {
  public:
    void publish(Payload payload) override { events.push_back(std::move(payload)); }
    std::vector<std::string> warnings() const {
        std::vector<std::string> found;
        for (const auto& event : events)
            if (const auto* line = std::get_if<LogLine>(&event); line && line->level == LogLevel::warning)
                found.push_back(line->text);
        return found;
    }
    std::vector<Payload> events;
};

class RecorderTest : public ::testing::Test {
  protected:
    TemporaryFolder folder_;
    fs::path path_ = folder_.path() / "run.moerec";
    Kept next_;
};

TEST_F(RecorderTest, PassesEverythingOnAfterItIsOnDisk) {
    struct Reader final : EventSink {
        explicit Reader(fs::path file) : path(std::move(file)) {}
        void publish(Payload payload) override {
            const auto* step = std::get_if<TrainingStep>(&payload);
            if (!step) return;
            const auto steps = Recording(path).steps().size();
            EXPECT_EQ(static_cast<std::int64_t>(steps), step->step);
            ++seen;
        }
        fs::path path;
        int seen = 0;
    } reader(path_);
    Recorder recorder(reader, path_, Recorder::Begin::anew);
    sample_run::play(recorder, 2, 4);
    EXPECT_EQ(reader.seen, 4);
}

TEST_F(RecorderTest, WithoutAStartThereIsNoFile) {
    Recorder recorder(next_, path_, Recorder::Begin::anew);
    recorder.publish(Progress{});
    recorder.publish(Failed{"no such model"});
    EXPECT_EQ(next_.events.size(), 2U);
    EXPECT_FALSE(fs::exists(path_));
}

TEST_F(RecorderTest, PicturesOfManyGlobalStepsAreThinnedEvenly) {
    constexpr int steps = 10 * Recorder::steps_with_pictures + 7;
    {
        Recorder recorder(next_, path_, Recorder::Begin::anew);
        sample_run::play(recorder, 2, steps);
    }
    const Recording recording(path_);
    EXPECT_EQ(recording.steps().size(), static_cast<std::size_t>(steps));
    std::vector<std::int64_t> pictured;
    for (std::size_t m = 0; m < recording.moments().size(); ++m) {
        if (recording.moments()[m].kind != MomentKind::global_step) continue;
        const auto step = recording.plan(m, 1)->step;
        if (pictured.empty() || pictured.back() != step) pictured.push_back(step);
    }
    EXPECT_LE(pictured.size(), static_cast<std::size_t>(Recorder::steps_with_pictures) + 2);
    EXPECT_GE(pictured.size(), static_cast<std::size_t>(Recorder::steps_with_pictures) * 8 / 10);
    EXPECT_EQ(pictured.back(), steps) << "the last step is always kept";
    for (std::size_t i = 2; i + 1 < pictured.size(); ++i)
        EXPECT_EQ(pictured[i] - pictured[i - 1], pictured[2] - pictured[1]);
}

TEST_F(RecorderTest, GoesOnBehindWhatIsWhole) {
    {
        Recorder recorder(next_, path_, Recorder::Begin::anew);
        sample_run::play(recorder, 2, 4);
    }
    const auto whole = fs::file_size(path_);
    fs::resize_file(path_, whole - 3);  // the run was killed while it wrote
    const auto moments = Recording(path_).moments().size();
    {
        Recorder recorder(next_, path_, Recorder::Begin::continued);
        sample_run::play(recorder, 1, 2);
    }
    const Recording recording(path_);
    EXPECT_EQ(recording.trouble(), std::nullopt);
    EXPECT_EQ(recording.moments().size(), moments + 1 + 3 * 2 + 2);
    EXPECT_EQ(recording.moments()[moments].kind, MomentKind::start);
    EXPECT_TRUE(next_.warnings().size() == 2) << "only those of the sample itself";
}

TEST_F(RecorderTest, AnewReplacesTheFileButNotUnderAReader) {
    {
        Recorder recorder(next_, path_, Recorder::Begin::anew);
        sample_run::play(recorder, 2, 4);
    }
    const Recording before(path_);
    {
        Recorder recorder(next_, path_, Recorder::Begin::anew);
        sample_run::play(recorder, 1, 1);
    }
    EXPECT_EQ(Recording(path_).steps().size(), 1U);
    EXPECT_EQ(before.plan(before.moments().size() - 1, 2)->step, 4);
}

TEST_F(RecorderTest, NeverWritesOverWhatIsNoRecording) {
    const auto model = folder_.file("model.gguf", "GGUF and much more");
    EXPECT_EQ(message_of([&] { check_recordable(model); }),
              model.string() + ": is there and is no recording: name another file");
    EXPECT_NE(message_of([&] { check_recordable(folder_.path()); }), "");
    Recorder recorder(next_, model, Recorder::Begin::anew);
    recorder.publish(Started{});
    recorder.publish(sample_run::step(1, 2));
    ASSERT_EQ(next_.warnings().size(), 1U) << "said once";
    EXPECT_NE(next_.warnings()[0].find("recording ends"), std::string::npos);
    EXPECT_EQ(next_.events.size(), 3U) << "the run goes on";
    EXPECT_EQ(fs::file_size(model), 18U);
}

TEST_F(RecorderTest, CheckMakesTheFolder) {
    const auto deep = folder_.path() / "a" / "b" / "run.moerec";
    check_recordable(deep);
    EXPECT_TRUE(fs::is_directory(deep.parent_path()));
    EXPECT_FALSE(fs::exists(deep));
    check_recordable(folder_.file("empty.moerec", ""));
    EXPECT_NE(message_of([&] { check_recordable(folder_.file("file", "x") / "run.moerec"); }), "");
}

}  // namespace
}  // namespace dotmoe
