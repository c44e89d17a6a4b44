// Prints how long a click waits for its answer while a conversion uses every core. Nothing here asserts a
// time.
#include <QTabBar>
#include <atomic>
#include <iostream>
#include <map>
#include <thread>
#include <tuple>

#include "frame_meter.h"
#include "studio_driver.h"

namespace dotmoe::studio {
namespace {

using Clock = std::chrono::steady_clock;

class LatencyTest : public StudioDriver {};

// A click on a tab is posted every 50 ms by another thread; its answer is the tab's picture on the window.
TEST_F(LatencyTest, ClickToPicture) {
    auto options = toyOptions();
    const auto real = toyModel().parent_path() / "SmolLM2-135M-Instruct.Q4_1.gguf";
    if (std::filesystem::exists(real)) {
        options.model = real;
        options.preset = "quick";
    }
    openWindow(options);
    ASSERT_TRUE(eventually([&] { return enabled("convert"); }));
    click("convert");
    // The real model's first layer takes a minute and more beside another test.
    ASSERT_TRUE(QTest::qWaitFor([&] { return badge(0) != "○ dense" || state() != "Running"; }, 3 * patience))
        << banner();

    auto* bar = m_window->tabs().tabBar();
    std::vector<double> waits;  // ms
    std::map<QString, std::vector<double>> of_tab;
    const auto press = [&](Clock::time_point asked) {
        const int tab = (bar->currentIndex() + 1) % bar->count();
        QTest::mouseClick(bar, Qt::LeftButton, {}, bar->tabRect(tab).center());
        m_window->repaint();
        waits.push_back(std::chrono::duration<double, std::milli>(Clock::now() - asked).count());
        of_tab[bar->tabText(tab)].push_back(waits.back());
    };
    std::atomic<bool> enough = false;
    {
        std::jthread hand([&] {
            while (!enough) {
                QMetaObject::invokeMethod(m_window.get(), [&press, now = Clock::now()] { press(now); });
                std::this_thread::sleep_for(std::chrono::milliseconds(50));
            }
        });
        std::ignore =
            QTest::qWaitFor([&] { return waits.size() >= 200 || !m_window->controller().busy(); }, 30'000);
        enough = true;
    }
    QCoreApplication::removePostedEvents(m_window.get(), QEvent::MetaCall);
    ASSERT_GE(waits.size(), 20U);
    std::cout << "click to picture while converting " << options.model->filename().string() << ": "
              << quantiles(waits) << " clicks\n";
    for (const auto& [tab, sample] : of_tab)
        std::cout << "  " << tab.toStdString() << ": " << quantiles(sample) << "\n";
}

}  // namespace
}  // namespace dotmoe::studio
