#include "app/studio/latest_job.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <QTest>
#include <QThread>
#include <semaphore>

#include "app/studio/thread_priority.h"

namespace dotmoe::studio {
namespace {

TEST(LatestJob, WorksElsewhereAtLowPriorityAndDeliversHere) {
    LatestJob job;
    QThread *worked = nullptr, *delivered = nullptr;
    int nice = -1;
    job.ask([&]() -> LatestJob::Delivery {
        worked = QThread::currentThread();
        nice = ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
        return [&] { delivered = QThread::currentThread(); };
    });
    ASSERT_TRUE(QTest::qWaitFor([&] { return delivered != nullptr; }));
    EXPECT_EQ(delivered, QThread::currentThread());
    EXPECT_NE(worked, delivered);
    EXPECT_EQ(nice, lowered_priority());
}

TEST(LatestJob, OnlyTheLatestAnswerArrives) {
    LatestJob job;
    std::binary_semaphore first_may_end(0);
    std::vector<int> answers;
    int worked = 0;
    for (int question = 0; question < 5; ++question)
        job.ask([&, question]() -> LatestJob::Delivery {
            ++worked;
            if (question == 0) first_may_end.acquire();
            return [&answers, question] { answers.push_back(question); };
        });
    first_may_end.release();
    ASSERT_TRUE(QTest::qWaitFor([&] { return !answers.empty(); }));
    QTest::qWait(20);
    EXPECT_EQ(answers, std::vector<int>{4});
    EXPECT_LE(worked, 2);  // the first, if it had begun, and the last
}

}  // namespace
}  // namespace dotmoe::studio
