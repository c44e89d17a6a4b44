#include "base/team.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/device.h"

namespace dotmoe {
namespace {

class Team : public testing::TestWithParam<int> {
  protected:
    Team() { set_thread_count(GetParam()); }
    ~Team() override { set_thread_count(1); }
};

TEST_P(Team, DoesEveryItemOfEveryJobOnce) {
    for (int job = 0; job < 20000; ++job) {
        std::vector<std::atomic<int>> count(static_cast<std::size_t>(job % 7));
        share_out(job % 7, [&](std::int64_t item) { ++count[static_cast<std::size_t>(item)]; });
        for (const auto& times : count) ASSERT_EQ(times, 1) << job;
    }
}

TEST_P(Team, WakesAfterItSlept) {
    for (int job = 0; job < 5; ++job) {
        std::this_thread::sleep_for(std::chrono::milliseconds(3));
        std::atomic<std::int64_t> sum = 0;
        share_out(100, [&](std::int64_t item) { sum += item; });
        EXPECT_EQ(sum, 4950);
    }
}

TEST_P(Team, WorkMayShareOutAgainAndCallersMayMeet) {
    std::atomic<std::int64_t> sum = 0;
    const auto twice = [&] {
        for (int i = 0; i < 200; ++i)
            share_out(10, [&](std::int64_t) { share_out(3, [&](std::int64_t) { ++sum; }); });
    };
    {
        const std::jthread other(twice);
        twice();
    }
    EXPECT_EQ(sum, 2 * 200 * 10 * 3);
}

INSTANTIATE_TEST_SUITE_P(Threads, Team, testing::Values(1, 2, 5));

}  // namespace
}  // namespace dotmoe
