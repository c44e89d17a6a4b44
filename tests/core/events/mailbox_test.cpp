#include "events/mailbox.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace dotmoe {
namespace {

using Plan = std::shared_ptr<const PlanSnapshot>;

Payload plan(int layer, std::int64_t step) {
    auto snapshot = std::make_shared<PlanSnapshot>();
    snapshot->layer = layer;
    snapshot->step = step;
    return Plan(std::move(snapshot));
}

Payload progress(std::int64_t done) {
    Progress value;
    value.done = done;
    return value;
}

Payload log_line(std::string text) {
    return LogLine{LogLevel::info, std::move(text)};
}

template <typename T>
std::vector<T> only(const std::vector<Event>& events) {
    std::vector<T> found;
    for (const auto& event : events)
        if (const auto* value = std::get_if<T>(&event.payload)) found.push_back(*value);
    return found;
}

void wait_out_the_interval() {
    std::this_thread::sleep_for(Mailbox::picture_interval * 6 / 5);
}

TEST(Mailbox, DrainsOnceInOrderWithTheRunId) {
    Mailbox mailbox(7);
    mailbox.publish(Started{});
    mailbox.publish(log_line("a"));
    mailbox.publish(progress(1));
    mailbox.publish(log_line("b"));
    const auto events = mailbox.drain();
    ASSERT_EQ(events.size(), 4U);
    EXPECT_TRUE(std::holds_alternative<Started>(events[0].payload));
    EXPECT_EQ(std::get<LogLine>(events[1].payload).text, "a");
    EXPECT_TRUE(std::holds_alternative<Progress>(events[2].payload));
    EXPECT_EQ(std::get<LogLine>(events[3].payload).text, "b");
    for (const auto& event : events) EXPECT_EQ(event.run, 7U);
    EXPECT_TRUE(mailbox.drain().empty());
}

TEST(Mailbox, NewestPictureOfALayerWinsAndTakesTheLaterPlace) {
    Mailbox mailbox(1);
    mailbox.publish(plan(0, 1));
    mailbox.publish(plan(1, 1));
    mailbox.publish(log_line("between"));
    mailbox.publish(plan(0, 2));
    const auto events = mailbox.drain();
    ASSERT_EQ(events.size(), 3U);
    EXPECT_EQ(std::get<Plan>(events[0].payload)->layer, 1);
    EXPECT_TRUE(std::holds_alternative<LogLine>(events[1].payload));
    EXPECT_EQ(std::get<Plan>(events[2].payload)->step, 2);
}

TEST(Mailbox, KindsDoNotReplaceEachOther) {
    Mailbox mailbox(1);
    mailbox.publish(plan(0, 1));
    mailbox.publish(std::make_shared<const SinkhornSnapshot>());
    mailbox.publish(std::make_shared<const LoadSnapshot>());
    mailbox.publish(std::make_shared<const RoutingSnapshot>());
    mailbox.publish(progress(1));
    EXPECT_EQ(mailbox.drain().size(), 5U);
}

TEST(Mailbox, ProgressAndRoutingAreReplacedButNotHeldBack) {
    Mailbox mailbox(1);
    for (std::int64_t round = 0; round < 3; ++round) {
        mailbox.publish(progress(2 * round));
        mailbox.publish(progress(2 * round + 1));
        mailbox.publish(std::make_shared<const RoutingSnapshot>());
        const auto events = mailbox.drain();
        ASSERT_EQ(events.size(), 2U);
        EXPECT_EQ(std::get<Progress>(events[0].payload).done, 2 * round + 1);
        EXPECT_FALSE(mailbox.holding());
    }
}

TEST(Mailbox, NeverDropsWhatMustArrive) {
    Mailbox mailbox(1);
    constexpr std::size_t times = 500;
    for (std::size_t i = 0; i < times; ++i) {
        mailbox.publish(Started{});
        mailbox.publish(log_line("x"));
        mailbox.publish(TrainingStep{});
        mailbox.publish(QualitySnapshot{});
        mailbox.publish(LayerStatus{});
        mailbox.publish(Finished{});
        mailbox.publish(Failed{});
        mailbox.publish(Stopped{});
    }
    EXPECT_EQ(mailbox.drain().size(), 8 * times);
}

TEST(Mailbox, DeliversAPictureTwentyTimesASecondAtMost) {
    Mailbox mailbox(1);
    std::int64_t published = 0, seen = 0, last = -1;
    const auto start = std::chrono::steady_clock::now();
    const auto span = std::chrono::milliseconds(330);
    while (std::chrono::steady_clock::now() - start < span) {
        mailbox.publish(plan(3, published++));
        for (const auto& picture : only<Plan>(mailbox.drain())) {
            ++seen;
            EXPECT_GT(picture->step, last);
            last = picture->step;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    EXPECT_GT(published, 2 * seen);
    EXPECT_GE(seen, 2);
    EXPECT_LE(seen, 1 + (std::chrono::steady_clock::now() - start) / Mailbox::picture_interval);
}

TEST(Mailbox, LimitIsPerLayer) {
    Mailbox mailbox(1);
    for (int layer = 0; layer < 30; ++layer) {
        mailbox.publish(plan(layer, 0));
        EXPECT_EQ(mailbox.drain().size(), 1U);
    }
}

TEST(Mailbox, HeldPictureIsTheNewestAndComesWithItsTurn) {
    Mailbox mailbox(1);
    mailbox.publish(plan(0, 1));
    EXPECT_EQ(mailbox.drain().size(), 1U);
    mailbox.publish(plan(0, 2));
    mailbox.publish(plan(0, 3));
    EXPECT_TRUE(mailbox.drain().empty());
    EXPECT_TRUE(mailbox.holding());
    wait_out_the_interval();
    const auto plans = only<Plan>(mailbox.drain());
    ASSERT_EQ(plans.size(), 1U);
    EXPECT_EQ(plans[0]->step, 3);
    EXPECT_FALSE(mailbox.holding());
}

TEST(Mailbox, EndOfTheRunReleasesHeldPicturesBeforeIt) {
    Mailbox mailbox(1);
    mailbox.publish(plan(0, 1));
    mailbox.drain();
    mailbox.publish(plan(0, 2));
    mailbox.publish(Finished{});
    const auto events = mailbox.drain();
    ASSERT_EQ(events.size(), 2U);
    EXPECT_EQ(std::get<Plan>(events[0].payload)->step, 2);
    EXPECT_TRUE(std::holds_alternative<Finished>(events[1].payload));
}

TEST(Mailbox, WakesOnceUntilDrained) {
    int wakes = 0;
    Mailbox mailbox(1, [&] { ++wakes; });
    mailbox.publish(log_line("a"));
    mailbox.publish(log_line("b"));
    EXPECT_EQ(wakes, 1);
    mailbox.drain();
    EXPECT_EQ(wakes, 1);
    mailbox.publish(plan(0, 1));
    EXPECT_EQ(wakes, 2);
    mailbox.drain();
    mailbox.publish(plan(0, 2));  // held back, yet the reader must learn that there is something to come for
    EXPECT_EQ(wakes, 3);
    mailbox.drain();
    mailbox.publish(log_line("c"));  // a held picture must not swallow the wake of another event
    EXPECT_EQ(wakes, 4);
}

TEST(Mailbox, WakeMayPublish) {
    Mailbox* inner = nullptr;
    Mailbox mailbox(1, [&] { inner->publish(log_line("from wake")); });
    inner = &mailbox;
    mailbox.publish(log_line("a"));
    EXPECT_EQ(mailbox.drain().size(), 2U);
}

TEST(Mailbox, SeveralPublishersLoseNothingAndKeepTheirOrder) {
    constexpr int publishers = 4, each = 2000;
    std::atomic<int> wakes = 0;
    Mailbox mailbox(1, [&] { ++wakes; });
    std::vector<std::vector<int>> seen(publishers);
    int drains = 0;
    const auto collect = [&] {
        ++drains;
        for (const auto& step : only<TrainingStep>(mailbox.drain()))
            seen[static_cast<std::size_t>(step.layer)].push_back(static_cast<int>(step.step));
    };
    {
        std::vector<std::jthread> threads;
        threads.reserve(publishers);
        for (int id = 0; id < publishers; ++id)
            threads.emplace_back([&mailbox, id] {
                for (int i = 0; i < each; ++i) {
                    TrainingStep step;
                    step.layer = id;
                    step.step = i;
                    mailbox.publish(step);
                    mailbox.publish(plan(id, i));
                }
            });
        while (std::any_of(seen.begin(), seen.end(), [](const auto& steps) { return steps.size() < each; })) {
            collect();
            std::this_thread::yield();
        }
    }
    for (const auto& steps : seen) {
        EXPECT_EQ(steps.size(), static_cast<std::size_t>(each));
        EXPECT_TRUE(std::is_sorted(steps.begin(), steps.end()));
    }
    EXPECT_GE(wakes, 1);
    EXPECT_LE(wakes, drains + 1);
}

}  // namespace
}  // namespace dotmoe
