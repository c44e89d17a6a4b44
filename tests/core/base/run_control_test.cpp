#include "base/run_control.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "base/error.h"

namespace dotmoe {
namespace {

TEST(RunControl, PollPassesWhenNothingWasAsked) {
    RunControl().poll();
}

TEST(RunControl, StopThrowsFromPoll) {
    RunControl control;
    control.request_stop();
    EXPECT_THROW(control.poll(), Cancelled);
}

TEST(RunControl, PauseHoldsTheWorkerUntilResumed) {
    RunControl control;
    control.set_paused(true);
    std::atomic<bool> passed = false;
    std::jthread worker([&] {
        control.poll();
        passed = true;
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    EXPECT_FALSE(passed);
    control.set_paused(false);
    worker.join();
    EXPECT_TRUE(passed);
}

TEST(RunControl, StopFreesAPausedWorker) {
    RunControl control;
    control.set_paused(true);
    std::atomic<bool> cancelled = false;
    std::jthread worker([&] {
        try {
            control.poll();
        } catch (const Cancelled&) {
            cancelled = true;
        }
    });
    control.request_stop();
    worker.join();
    EXPECT_TRUE(cancelled);
}

}  // namespace
}  // namespace dotmoe
