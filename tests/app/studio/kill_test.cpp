// The program itself is killed while it converts; a person who starts it again finds the project and goes on.
#include <QComboBox>
#include <QProcess>
#include <QSettings>
#include <random>

#include "app/studio/panels/recipe_panel.h"
#include "base/error.h"
#include "base/files.h"
#include "base/sha256.h"
#include "recording/recorder.h"
#include "studio_driver.h"

namespace dotmoe::studio {
namespace {

namespace fs = std::filesystem;

/// Windows here have the settings of the process that is killed.
class KillTest : public StudioDriver {
  protected:
    void SetUp() override {
        QSettings::setDefaultFormat(QSettings::NativeFormat);
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_folder.filePath("config"));
        QApplication::setApplicationName("dotmoe-studio");
    }
    void TearDown() override {
        m_window.reset();
        QApplication::setApplicationName("dotmoe-studio-test");
        QSettings::setDefaultFormat(QSettings::IniFormat);
    }

    fs::path folder(const char* name) const { return fs::path(m_folder.filePath(name).toStdString()); }

    /// dotmoe-studio, which begins to convert as soon as its window can.
    std::unique_ptr<QProcess> startStudio() {
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert("XDG_CONFIG_HOME", m_folder.filePath("config"));
        environment.insert("HOME", m_folder.filePath("home"));
        auto process = std::make_unique<QProcess>();
        process->setProcessEnvironment(environment);
        process->setStandardOutputFile(QProcess::nullDevice());
        process->setStandardErrorFile(m_folder.filePath("studio.log"));
        process->start(QCoreApplication::applicationDirPath() + "/dotmoe-studio",
                       {QString::fromStdString(toyModel().string()), "--text",
                        QString::fromStdString((fs::path(DOTMOE_DEPS) / "text").string()), "--out",
                        QString::fromStdString(folder("out").string()), "--preset", "toy", "--screenshots",
                        m_folder.filePath("pictures")});
        return process;
    }
    /// Kills it once the recording has so many steps, or in the layer-wise phase for 0; what it had reported.
    std::int64_t killAt(std::int64_t steps) {
        const auto process = startStudio();
        const auto path = folder("out") / recording_name;
        const bool begun = eventually([&] {
            return process->state() == QProcess::NotRunning ||
                   (Recording::recognises(path) && (steps > 0 ? stepsIn(path) >= steps : plansIn(path)));
        });
        EXPECT_TRUE(begun && process->state() == QProcess::Running) << read_text_file(folder("studio.log"));
        process->kill();
        EXPECT_TRUE(process->waitForFinished());
        EXPECT_EQ(process->exitStatus(), QProcess::CrashExit);
        return stepsIn(path);
    }
    static std::int64_t stepsIn(const fs::path& path) {
        try {
            const Recording recording(path);
            std::int64_t most = 0;
            for (const auto& step : recording.steps()) most = std::max(most, step.step);
            return most;
        } catch (const Error&) {  // not begun
            return 0;
        }
    }
    static bool plansIn(const fs::path& path) {
        try {
            return Recording(path).moments().size() > 1;
        } catch (const Error&) {
            return false;
        }
    }
};

TEST_F(KillTest, KilledAtSeveralMomentsTheProjectIsThereAndGoesOn) {
    std::mt19937 dice(20);
    const auto interval = preset("toy").distill.checkpoint_every;
    std::int64_t reported = 0;
    std::vector<std::int64_t> moments{0};
    for (const std::int64_t from : {1, 18, 36})
        moments.push_back(std::uniform_int_distribution<std::int64_t>(from, from + 17)(dice));
    for (const auto moment : moments) {
        reported = killAt(moment);
        ASSERT_FALSE(HasFailure()) << moment;

        openWindow({});
        ASSERT_TRUE(eventually([&] { return enabled("convert"); })) << banner();
        EXPECT_NE(banner().find("was broken off"), std::string::npos) << banner();
        const bool kept = fs::exists(folder("out") / "checkpoint" / "state.safetensors");
        EXPECT_TRUE(kept || moment == 0);
        EXPECT_EQ(actionText("convert"), kept ? "Continue" : "Convert");
        EXPECT_EQ(find<QComboBox>("preset")->currentText(), "toy");
        const auto asked = find<RecipePanel>("recipe")->request();
        EXPECT_EQ(asked.model, toyModel());
        EXPECT_EQ(asked.out, folder("out"));
        EXPECT_EQ(asked.text, (std::vector{fs::path(DOTMOE_DEPS) / "text"}));
        ASSERT_TRUE(eventually([&] { return m_window->timeline().moments() > 1; })) << "what it recorded";
        if (moment > 0) {
            EXPECT_EQ(badge(0), "● done");
        }
        m_window.reset();
    }
    ASSERT_GE(reported, moments.back());

    openWindow({});
    ASSERT_TRUE(eventually([&] { return actionText("convert") == "Continue"; })) << banner();
    std::vector<std::int64_t> steps;
    QObject::connect(&m_window->bridge(), &EventBridge::stepped, m_window.get(),
                     [&](const TrainingStep& step) { steps.push_back(step.step); });
    click("convert");
    ASSERT_TRUE(eventually([&] { return state() == "Finished"; })) << banner();
    ASSERT_FALSE(steps.empty());
    EXPECT_GE(steps.front() - 1, reported - interval);
    EXPECT_LE(steps.front() - 1, reported);

    auto straight = toyRequest("straight", static_cast<int>(preset("toy").distill.steps));
    NullSink nobody;
    RunControl control;
    convert(straight, {nobody, control});
    EXPECT_EQ(sha256_of_file(folder("out") / "experts.safetensors"),
              sha256_of_file(straight.out / "experts.safetensors"));
    for (const auto& entry : fs::recursive_directory_iterator(folder("out")))
        EXPECT_NE(entry.path().extension(), ".partial") << entry.path();
    m_window.reset();

    openWindow({});
    QTest::qWait(200);
    EXPECT_EQ(banner(), "") << "nothing is unfinished any more";
    EXPECT_FALSE(enabled("convert"));
}

}  // namespace
}  // namespace dotmoe::studio
