// Memory of a replay that goes round and round: of the toy for some seconds, or of DOTMOE_REPLAY for
// DOTMOE_REPLAY_SECONDS.
#include <unistd.h>

#include <fstream>
#include <iostream>

#include "studio_driver.h"

namespace dotmoe::studio {
namespace {

double resident_megabytes() {
    std::ifstream status("/proc/self/statm");
    double total = 0, resident = 0;
    status >> total >> resident;
    return resident * static_cast<double>(::sysconf(_SC_PAGESIZE)) / 1e6;
}

class ReplayMemoryTest : public StudioDriver {};

TEST_F(ReplayMemoryTest, ALoopDoesNotGrow) {
    ASSERT_NO_FATAL_FAILURE(openReplay());
    auto& timeline = m_window->timeline();
    int loops = 0, tab = 0;
    QObject::connect(&timeline, &Timeline::momentChanged, m_window.get(), [&](int moment) {
        if (moment == 0) ++loops;
        if (moment % 10 == 0) m_window->tabs().setCurrentIndex(++tab % m_window->tabs().count());
        if (moment % 7 == 0) clickLayer(moment % 4);
    });
    find<QAction>("loop")->setChecked(true);
    clickButton("Play");
    ASSERT_TRUE(eventually([&] { return loops >= 2; })) << "a whole turn, after which nothing is new";
    const double first = resident_megabytes();
    const auto seconds = qEnvironmentVariableIntValue("DOTMOE_REPLAY_SECONDS");
    QTest::qWait(1000 * (seconds > 0 ? seconds : 12));
    const double last = resident_megabytes();
    std::cout << "resident after the first turn " << first << " MB, after " << loops << " turns " << last
              << " MB\n";
    EXPECT_LT(last - first, 10);
}

}  // namespace
}  // namespace dotmoe::studio
