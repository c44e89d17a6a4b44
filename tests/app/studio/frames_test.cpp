// Prints how long the window's thread is busy at a time while both cores convert in another process: the
// figures of a frame and of a click. Nothing here asserts a time.
#include <QEventLoop>
#include <QProcess>
#include <QTabBar>
#include <QTimer>
#include <iostream>

#include "frame_meter.h"
#include "studio_driver.h"
#include "tests/widgets/samples.h"
#include "widgets/plan_heatmap.h"

namespace dotmoe::studio {
namespace {

/// SmolLM2 where it was fetched, the toy otherwise, being converted by the command line on all cores.
class FramesTest : public StudioDriver {
  protected:
    ~FramesTest() override {
        m_conversion.kill();
        m_conversion.waitForFinished();
    }

    void convertElsewhere() {
        const auto real = toyModel().parent_path() / "SmolLM2-135M-Instruct.Q4_1.gguf";
        const bool there = std::filesystem::exists(real);
        const auto text = [](const std::filesystem::path& path) {
            return QString::fromStdString(path.string());
        };
        m_conversion.setStandardErrorFile(QProcess::nullDevice());
        m_conversion.start(DOTMOE_CLI, {"convert", text(there ? real : toyModel()), "--text",
                                        text(std::filesystem::path(DOTMOE_DEPS) / "text"), "--recipe",
                                        there ? "quick" : "toy", "--steps", "10000", "--out",
                                        m_folder.filePath("elsewhere")});
        ASSERT_TRUE(m_conversion.waitForStarted()) << m_conversion.errorString().toStdString();
        // It tells of a conversion once the model is read and the cores are at work.
        ASSERT_TRUE(eventually([&] { return QDir(m_folder.filePath("elsewhere")).exists(); }));
    }

    /// As the application runs, unlike QTest::qWait, which sleeps between looks.
    static void run(int milliseconds) {
        QEventLoop loop;
        QTimer::singleShot(milliseconds, &loop, &QEventLoop::quit);
        loop.exec();
    }

    QProcess m_conversion;
};

/// A recording plays, that of DOTMOE_REPLAY or one of the toy; every tab for DOTMOE_FRAMES_SECONDS, a second
/// otherwise.
TEST_F(FramesTest, ARecordingPlays) {
    ASSERT_NO_FATAL_FAILURE(openReplay());
    ASSERT_NO_FATAL_FAILURE(convertElsewhere());
    find<QAction>("loop")->setChecked(true);
    clickButton("Play");
    const auto seconds = qEnvironmentVariableIntValue("DOTMOE_FRAMES_SECONDS");
    std::vector<double> frames, events;
    auto* bar = m_window->tabs().tabBar();
    for (int tab = 0; tab < bar->count(); ++tab) {
        showTab(tab);
        int played = 0;
        const auto count = QObject::connect(&m_window->timeline(), &Timeline::momentChanged, m_window.get(),
                                            [&] { ++played; });
        const FrameMeter meter;
        run(1000 * std::max(1, seconds));
        QObject::disconnect(count);
        EXPECT_GT(played, 0) << "the recording stands still";
        ASSERT_FALSE(meter.frames().empty()) << "nothing was painted";
        std::cout << bar->tabText(tab).toStdString() << ": " << quantiles(meter.frames()) << " frames\n";
        frames.insert(frames.end(), meter.frames().begin(), meter.frames().end());
        events.insert(events.end(), meter.events().begin(), meter.events().end());
    }
    EXPECT_EQ(m_conversion.state(), QProcess::Running) << "the cores were idle";
    std::cout << "a recording plays while a conversion runs: " << quantiles(frames) << " frames; "
              << quantiles(events) << " events\n";
}

/// As many neurons and experts as a layer of a 7B model has: a new plan, and the pointer over it.
TEST_F(FramesTest, AWidePlan) {
    ASSERT_NO_FATAL_FAILURE(convertElsewhere());
    PlanHeatmap heatmap;
    heatmap.resize(1000, 700);
    heatmap.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&heatmap));
    const auto plan = samples::plan(14336, 112, false);
    std::vector<double> fresh, hovered;
    for (int i = 0; i < 20; ++i) {
        const auto next = std::make_shared<PlanSnapshot>(*plan);
        QElapsedTimer clock;
        clock.start();
        heatmap.setSnapshot(next);
        heatmap.repaint();
        fresh.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
        clock.start();
        QTest::mouseMove(&heatmap, {200 + 10 * i, 200 + 10 * i});
        heatmap.repaint();
        hovered.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
    }
    EXPECT_EQ(m_conversion.state(), QProcess::Running) << "the cores were idle";
    std::cout << "a plan of 14336 x 112: " << quantiles(fresh) << " new ones; " << quantiles(hovered)
              << " under the pointer\n";
}

}  // namespace
}  // namespace dotmoe::studio
