// A recording replayed without the model: the pictures of the run, moved by mouse and keys.
#include <QDialogButtonBox>
#include <QDropEvent>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTableView>
#include <fstream>

#include "app/studio/moment_text.h"
#include "app/studio/panels/banner.h"
#include "studio_driver.h"
#include "widgets/balance_bars.h"
#include "widgets/curves.h"
#include "widgets/plan_heatmap.h"
#include "widgets/routing_map.h"
#include "widgets/sinkhorn_scope.h"
#include "widgets/time_slider.h"
#include "widgets/token_canvas.h"

namespace dotmoe::studio {
namespace {

namespace fs = std::filesystem;

class ReplayTest : public StudioDriver {
  protected:
    Timeline& timeline() { return m_window->timeline(); }
    fs::path folder() { return m_folder.path().toStdString(); }

    /// Converts the toy up to some global steps, pauses, and lets the last pictures come.
    void convertAndPause() {
        openWindow(toyOptions());
        ASSERT_TRUE(eventually([&] { return enabled("convert"); })) << banner();
        click("convert");
        const auto training = [&] {
            return timeline().moments() > 0 && timeline().recording()->steps().size() > 7;
        };
        ASSERT_TRUE(eventually(training)) << banner();
        click("pause");
        QTest::qWait(2000);
    }
    /// Stops the run, moves its recording elsewhere, closes the window and opens another with nothing but
    /// that.
    void reopen() {
        click("stop");
        ASSERT_TRUE(eventually([&] { return state() == "Stopped"; }));
        fs::rename(*toyOptions().out / "recording.moerec", folder() / "kept.moerec");
        m_window.reset();
        openKept();
    }
    /// A conversion that was recorded, open in a window of its own.
    void openRecorded() {
        recordToy(folder() / "kept.moerec");
        openKept();
    }
    void openKept() {
        Options options;
        options.model = folder() / "kept.moerec";
        openWindow(options);
        ASSERT_TRUE(eventually([&] { return timeline().moments() > 0 || !banner().empty(); }));
    }

    /// What the views show of every layer, by name.
    std::map<std::string, QImage> pictures() {
        std::map<std::string, QImage> all;
        const auto take = [&](const std::string& name, const char* widget) {
            QTest::qWait(50);
            all[name] = find<QWidget>(widget)->grab().toImage();
        };
        for (const char* dock : {"modelDock", "recipeDock"}) find<QWidget>(dock)->setFixedWidth(300);
        const int layers = find<QTableView>("layers")->model()->rowCount();
        for (int layer = 0; layer < layers; ++layer) {
            const auto at = " of layer " + std::to_string(layer);
            clickLayer(layer);
            showTab(0);
            for (const char* mode : {"Soft plan", "Hard plan", "Difference"}) {
                clickButton(mode);
                take(mode + at, "heatmap");
            }
            take("solve" + at, "sinkhorn");
            showTab(1);
            take("tokens" + at, "tokens");
            take("map" + at, "routingMap");
            showTab(2);
            take("loads" + at, "loads");
        }
        return all;
    }

    static int furthest(const QImage& a, const QImage& b) {
        int most = 0;
        for (int y = 0; y < a.height(); ++y)
            for (int x = 0; x < a.width(); ++x) {
                const auto p = a.pixel(x, y), q = b.pixel(x, y);
                most = std::max({most, std::abs(qRed(p) - qRed(q)), std::abs(qGreen(p) - qGreen(q)),
                                 std::abs(qBlue(p) - qBlue(q))});
            }
        return most;
    }

    /// 256 levels of mass are as many colours; everything else is recorded exactly.
    static void expectAlike(const std::map<std::string, QImage>& found,
                            const std::map<std::string, QImage>& expected) {
        ASSERT_EQ(found.size(), expected.size());
        for (const auto& [name, picture] : expected) {
            ASSERT_EQ(found.at(name).size(), picture.size()) << name;
            const bool levels = name.starts_with("Soft") || name.starts_with("Difference");
            EXPECT_LE(furthest(found.at(name), picture), levels ? 6 : 0) << name;
        }
    }
};

TEST_F(ReplayTest, ShowsThePicturesThatTheRunShowed) {
    ASSERT_NO_FATAL_FAILURE(convertAndPause());
    const auto live = pictures();
    const auto shown = find<QLabel>("moment")->text().section(u" · "_qs, 0, 0);
    const int moment = timeline().moment();
    ASSERT_NO_FATAL_FAILURE(reopen());
    EXPECT_EQ(state(), "Replay");

    auto* slider = find<TimeSlider>("time");
    QTest::mouseClick(slider, Qt::LeftButton, {}, {slider->xOf(moment), slider->height() / 2});
    ASSERT_EQ(timeline().moment(), moment);
    EXPECT_TRUE(find<QLabel>("moment")->text().startsWith(shown));
    expectAlike(pictures(), live);
    // A moment earlier they are others: the comparison can fail.
    clickLayer(1);
    showTab(2);
    QTest::keyClick(m_window.get(), Qt::Key_Left, Qt::AltModifier);
    QTest::qWait(50);
    EXPECT_GT(furthest(find<QWidget>("loads")->grab().toImage(), live.at("loads of layer 1")), 50);
}

TEST_F(ReplayTest, AConversionReopensAsTheWindowStoodAtItsEnd) {
    openWindow(toyOptions());
    ASSERT_TRUE(eventually([&] { return enabled("convert"); })) << banner();
    click("convert");
    ASSERT_TRUE(eventually([&] { return state() == "Finished"; })) << banner();
    find<Banner>("banner")->hide();  // it takes room
    QTest::qWait(2000);
    const auto live = pictures();
    const int moments = timeline().moments();
    m_window.reset();

    for (const auto& options : {Options(), toyOptions()}) {
        openWindow(options);
        ASSERT_TRUE(eventually([&] { return !options.model || enabled("measure"); })) << banner();
        drop(*toyOptions().out);
        ASSERT_TRUE(eventually([&] { return timeline().moments() > 0; })) << banner();
        EXPECT_EQ(timeline().moments(), moments);
        EXPECT_EQ(state(), "Finished");
        EXPECT_TRUE(timeline().isLive());
        QTest::qWait(2000);
        expectAlike(pictures(), live);
        EXPECT_FALSE(find<QPlainTextEdit>("routedText")->isReadOnly());
    }
    // Looking back goes on from there.
    QTest::keyClick(m_window.get(), Qt::Key_Left, Qt::AltModifier);
    EXPECT_EQ(timeline().moment(), moments - 2);
    clickButton("Live");
    EXPECT_TRUE(timeline().isLive());

    // A damaged recording is said, and the conversion opens without it.
    std::ofstream(*toyOptions().out / "recording.moerec") << "no recording";
    openWindow({});
    drop(*toyOptions().out);
    ASSERT_TRUE(eventually([&] { return enabled("exportModel"); }));
    EXPECT_NE(banner().find("recording.moerec"), std::string::npos) << banner();
    EXPECT_EQ(timeline().moments(), 0);
}

TEST_F(ReplayTest, AClickOnALayerEndsFollowing) {
    ASSERT_NO_FATAL_FAILURE(openRecorded());
    auto* follow = find<QAction>("follow");
    clickLayer(0);  // where it stands already
    EXPECT_FALSE(follow->isChecked());
    follow->trigger();
    EXPECT_TRUE(follow->isChecked());
    clickLayer(2);
    EXPECT_FALSE(follow->isChecked());
}

TEST_F(ReplayTest, KeysMoveThroughTimeAndTheViewsFollow) {
    ASSERT_NO_FATAL_FAILURE(openRecorded());
    auto* slider = find<TimeSlider>("time");
    auto* layers = find<QTableView>("layers");
    slider->setFocus();
    QTest::keyClick(slider, Qt::Key_Home);
    EXPECT_EQ(timeline().moment(), 0);
    EXPECT_EQ(badge(0), "○ dense");
    EXPECT_TRUE(find<PlanHeatmap>("heatmap")->accessibleDescription().startsWith("No transport plan"));
    QTest::keyClick(slider, Qt::Key_Right);
    EXPECT_EQ(timeline().moment(), 1);
    EXPECT_EQ(badge(0), "◐ aligning");
    const auto& moments = timeline().recording()->moments();
    for (int i = 0; i < 40 && moments[static_cast<std::size_t>(timeline().moment())].layer < 2; ++i)
        QTest::keyClick(m_window.get(), Qt::Key_Right, Qt::AltModifier);
    EXPECT_EQ(layers->currentIndex().row(), 2) << "the layer that is being aligned is followed";
    EXPECT_EQ(badge(1), "● done");
    EXPECT_EQ(badge(2), "◐ aligning");

    QTest::keyClick(m_window.get(), Qt::Key_Right, Qt::AltModifier | Qt::ShiftModifier);
    const auto checkpoint = moments[static_cast<std::size_t>(timeline().moment())];
    EXPECT_TRUE(checkpoint.checkpoint);
    EXPECT_EQ(slider->marks().front(), timeline().moment());
    EXPECT_TRUE(find<Curves>("curves")->title().endsWith(QString::number(checkpoint.global_step)))
        << find<Curves>("curves")->title().toStdString();
    EXPECT_EQ(find<QPlainTextEdit>("routedText")->toPlainText().left(15), "The old lightho");
    EXPECT_TRUE(find<QPlainTextEdit>("routedText")->isReadOnly());
    QTest::keyClick(slider, Qt::Key_End);
    EXPECT_EQ(timeline().moment(), timeline().moments() - 1);
    EXPECT_FALSE(enabled("live")) << "a file has no live end";
    EXPECT_FALSE(enabled("convert"));
}

TEST_F(ReplayTest, PlaysToTheEndOrRoundAndRound) {
    ASSERT_NO_FATAL_FAILURE(openRecorded());
    std::vector<int> seen;
    QObject::connect(&timeline(), &Timeline::momentChanged, m_window.get(),
                     [&seen](int moment) { seen.push_back(moment); });
    clickButton("Play");  // at the end: from the start
    EXPECT_EQ(actionText("play"), "Hold");
    ASSERT_TRUE(eventually([&] { return seen.size() > 5; }));
    QTest::keyClick(m_window.get(), Qt::Key_Space, Qt::ControlModifier);
    EXPECT_FALSE(timeline().isPlaying());
    for (std::size_t i = 0; i < seen.size(); ++i) EXPECT_EQ(seen[i], static_cast<int>(i));

    timeline().goTo(timeline().moments() - 3);
    QTest::keyClick(m_window.get(), Qt::Key_Space, Qt::ControlModifier);
    ASSERT_TRUE(eventually([&] { return !timeline().isPlaying(); }));
    EXPECT_EQ(timeline().moment(), timeline().moments() - 1);

    QTest::keyClick(m_window.get(), Qt::Key_O, Qt::ControlModifier | Qt::ShiftModifier);
    timeline().goTo(timeline().moments() - 3);
    clickButton("Play");
    seen.clear();
    ASSERT_TRUE(eventually([&] { return seen.size() > 6; }));
    EXPECT_TRUE(std::ranges::count(seen, 0) == 1) << "round once by now";
    find<TimeSlider>("time")->setFocus();
    QTest::mouseClick(find<TimeSlider>("time"), Qt::LeftButton, {}, {5, 5});
    EXPECT_FALSE(timeline().isPlaying()) << "a hand on the slider stops the clock";
}

TEST_F(ReplayTest, IsSavedFromTheMenuAndOpenedByADrop) {
    ASSERT_NO_FATAL_FAILURE(openRecorded());
    const int moments = timeline().moments();
    QTest::keyClick(m_window.get(), Qt::Key_S, Qt::ControlModifier);
    QFileDialog* dialog = nullptr;
    ASSERT_TRUE(eventually(
        [&] { return (dialog = m_window->findChild<QFileDialog*>("saveRecordingDialog")) != nullptr; }));
    auto* name = dialog->findChild<QLineEdit*>("fileNameEdit");
    ASSERT_NE(name, nullptr);
    const auto saved = folder() / "saved.moerec";
    name->setText(QString::fromStdString((folder() / "saved").string()));  // typed, a list of names pops up
    QTest::mouseClick(dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Save), Qt::LeftButton);
    ASSERT_TRUE(eventually([&] { return banner().find("saved") != std::string::npos; })) << banner();
    EXPECT_EQ(fs::file_size(saved), fs::file_size(folder() / "kept.moerec"));

    m_window.reset();
    openWindow({});
    EXPECT_FALSE(enabled("saveRecording"));
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(QString::fromStdString(saved.string()))});
    QDragEnterEvent enter({200, 200}, Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(m_window.get(), &enter);
    QDropEvent drop({200, 200}, Qt::CopyAction, &data, Qt::LeftButton, {});
    QApplication::sendEvent(m_window.get(), &drop);
    ASSERT_TRUE(eventually([&] { return timeline().moments() == moments; })) << banner();
    EXPECT_EQ(m_window->windowTitle(), "saved.moerec – DOT-MoE Studio");
}

TEST_F(ReplayTest, DamageIsSaidInOneLineAndTheRestIsShown) {
    ASSERT_NO_FATAL_FAILURE(openRecorded());
    const int moments = timeline().moments();
    const auto path = folder() / "kept.moerec";
    const auto size = fs::file_size(path);
    m_window.reset();
    fs::resize_file(path, size / 2);
    openKept();
    EXPECT_GT(timeline().moments(), 0);
    EXPECT_LT(timeline().moments(), moments);
    EXPECT_EQ(banner().find(path.string() + ": damaged or cut off at byte "), 0U) << banner();
    EXPECT_EQ(banner().find('\n'), std::string::npos);

    m_window.reset();
    fs::resize_file(path, 150);
    openKept();
    EXPECT_NE(banner().find("before the run began"), std::string::npos) << banner();
    EXPECT_EQ(timeline().moments(), 0);
}

TEST_F(ReplayTest, AModelOpenedAfterwardsEndsTheReplay) {
    ASSERT_NO_FATAL_FAILURE(openRecorded());
    m_window->openFile(QString::fromStdString(toyModel().string()));
    ASSERT_TRUE(eventually([&] { return timeline().moments() == 0; })) << banner();
    EXPECT_EQ(state(), "Ready");
    EXPECT_EQ(badge(0), "○ dense");
    EXPECT_FALSE(find<TimeSlider>("time")->isEnabled());
    EXPECT_FALSE(find<QPlainTextEdit>("routedText")->isReadOnly());
    EXPECT_EQ(find<QPlainTextEdit>("routedText")->toPlainText().left(7), "The old");
}

}  // namespace
}  // namespace dotmoe::studio
