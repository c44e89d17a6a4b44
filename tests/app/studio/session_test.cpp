#include "app/studio/session.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <QTemporaryDir>
#include <algorithm>
#include <atomic>
#include <thread>

#include "app/studio/thread_priority.h"

namespace dotmoe::studio {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

template <typename T>
const T* find(const std::vector<Event>& events) {
    for (const auto& event : events)
        if (const auto* found = std::get_if<T>(&event.payload)) return found;
    return nullptr;
}

int nice_of(const fs::path& task) {
    return ::getpriority(PRIO_PROCESS, static_cast<id_t>(std::stoi(task.filename())));
}

class SessionTest : public ::testing::Test {
  protected:
    ConvertRequest toy() {
        ConvertRequest request;
        request.model = fs::path(DOTMOE_DEPS) / "model" / "toy.gguf";
        request.text = {fs::path(DOTMOE_DEPS) / "text"};
        request.out = out_;
        request.recipe = preset("toy");
        EXPECT_TRUE(fs::exists(request.model)) << "packaging/test.sh makes the toy model";
        return request;
    }
    /// Collects events until one of kind T was seen; false when none came in time.
    template <typename T>
    bool wait_for(std::chrono::seconds limit = 500s) {
        for (const auto end = std::chrono::steady_clock::now() + limit;
             std::chrono::steady_clock::now() < end;) {
            auto more = session_.drain();
            const bool found = find<T>(more) != nullptr;
            std::ranges::move(more, std::back_inserter(events_));
            if (found) return true;
            std::this_thread::sleep_for(5ms);
        }
        return false;
    }

    const QTemporaryDir folder_;
    const fs::path out_ = fs::path(folder_.path().toStdString()) / "out";
    std::atomic<int> wakes_ = 0;
    std::vector<Event> events_;
    Session session_{[this] { ++wakes_; }};
};

TEST_F(SessionTest, BeforeTheFirstRunNothingHappens) {
    EXPECT_FALSE(session_.running());
    EXPECT_EQ(session_.run(), 0U);
    session_.stop();
    session_.set_paused(true);
    session_.set_text("x");
    session_.wait();
    EXPECT_TRUE(session_.drain().empty());
    EXPECT_FALSE(session_.holding());
}

TEST_F(SessionTest, AnExceptionBecomesFailedInOneLine) {
    auto request = toy();
    request.model = "/nowhere/at all.gguf";
    session_.start(request);
    ASSERT_TRUE(wait_for<Failed>());
    session_.wait();
    EXPECT_FALSE(session_.running());
    const auto message = find<Failed>(events_)->message;
    EXPECT_NE(message.find("/nowhere/at all.gguf"), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    EXPECT_GE(wakes_, 1);
}

TEST_F(SessionTest, PauseHoldsStopFreesAndLeavesACheckpoint) {
    session_.start(toy());
    ASSERT_TRUE(wait_for<LayerStatus>());
    session_.set_paused(true);
    std::this_thread::sleep_for(1s);  // up to the next poll, and what is still in the mailbox
    session_.drain();
    EXPECT_TRUE(session_.paused());
    std::this_thread::sleep_for(500ms);
    EXPECT_TRUE(session_.drain().empty());
    session_.stop();
    ASSERT_TRUE(wait_for<Stopped>());
    session_.wait();
    EXPECT_FALSE(session_.running());
    EXPECT_TRUE(find<Stopped>(events_)->resumable);
    EXPECT_TRUE(fs::exists(out_ / "checkpoint"));
    EXPECT_FALSE(find<Failed>(events_));
}

TEST_F(SessionTest, ASecondRunReplacesTheFirstAndItsEvents) {
    const auto first = session_.start(toy());
    ASSERT_TRUE(wait_for<Started>());
    events_.clear();
    auto request = toy();
    request.model = "/nowhere.gguf";
    const auto second = session_.start(request);
    EXPECT_NE(first, second);
    ASSERT_TRUE(wait_for<Failed>());
    for (const auto& event : events_) EXPECT_EQ(event.run, second);
}

TEST_F(SessionTest, ComputingThreadsGiveWayToThisOne) {
    const int mine = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
    std::vector<fs::path> before;
    for (const auto& task : fs::directory_iterator("/proc/self/task")) before.push_back(task.path());
    session_.start(toy());
    ASSERT_TRUE(wait_for<LayerStatus>());
    std::size_t working = 0;
    for (const auto& task : fs::directory_iterator("/proc/self/task")) {
        if (std::ranges::find(before, task.path()) != before.end()) continue;
        EXPECT_EQ(nice_of(task.path()), lowered_priority());
        ++working;
    }
    EXPECT_GE(working,
              2U);  // the worker, its live routing, and where there are more cores its OpenMP threads
    EXPECT_EQ(::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid())), mine);
}

TEST_F(SessionTest, DestructorStopsARunningConversion) {
    {
        Session session([] {});
        session.start(toy());
        std::this_thread::sleep_for(200ms);
    }
    SUCCEED();
}

}  // namespace
}  // namespace dotmoe::studio
