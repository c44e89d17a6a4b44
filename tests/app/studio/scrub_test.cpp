// A person looks back while a conversion runs; it goes on as if nobody did.
#include <QLabel>
#include <QTableView>
#include <fstream>

#include "app/studio/moment_text.h"
#include "studio_driver.h"
#include "widgets/plan_heatmap.h"
#include "widgets/time_slider.h"

namespace dotmoe::studio {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

class ScrubTest : public StudioDriver {
  protected:
    Timeline& timeline() { return m_window->timeline(); }
    std::string label() { return find<QLabel>("moment")->text().toStdString(); }
    /// Presses the handle where it is and drags it to a moment.
    void drag(int moment) {
        auto* slider = find<TimeSlider>("time");
        const int middle = slider->height() / 2;
        QTest::mousePress(slider, Qt::LeftButton, {}, {slider->xOf(slider->value()), middle});
        QTest::mouseMove(slider, {slider->xOf(moment), middle});
        QTest::mouseRelease(slider, Qt::LeftButton, {}, {slider->xOf(moment), middle});
    }
    /// Badges, label, status and plan are those of the moment, read from the file by a reader of its own.
    void expectAllShow(int moment) {
        const Recording recording(*toyOptions().out / "recording.moerec");
        const auto at = static_cast<std::size_t>(moment);
        EXPECT_EQ(label().find(moment_text(recording.moments()[at]).toStdString()), 0U) << label();
        const auto layers = recording.layers(at);
        for (int layer = 0; layer < static_cast<int>(layers.size()); ++layer) {
            const auto state = layers[static_cast<std::size_t>(layer)].state;
            EXPECT_EQ(badge(layer), state == LayerState::done       ? "● done"
                                    : state == LayerState::aligning ? "◐ aligning"
                                                                    : "○ dense");
        }
        const auto progress = recording.progress(at);
        ASSERT_TRUE(progress);
        EXPECT_EQ(find<QLabel>("step")->text(), QStringLiteral("%1 %2/%3 %4")
                                                    .arg(QString::fromStdString(progress->phase))
                                                    .arg(progress->done)
                                                    .arg(progress->total)
                                                    .arg(QString::fromStdString(progress->unit)));
        const int layer = find<QTableView>("layers")->currentIndex().row();
        const auto plan = recording.plan(at, layer);
        const auto title = find<PlanHeatmap>("heatmap")->accessibleDescription();
        if (!plan) {
            EXPECT_TRUE(title.startsWith("No transport plan")) << title.toStdString();
            return;
        }
        EXPECT_TRUE(title.contains(QStringLiteral("Layer %1 ").arg(layer))) << title.toStdString();
        EXPECT_TRUE(title.contains(QStringLiteral("%1 %2 ").arg(
            plan->stage == Stage::layerwise ? "round" : "step", QString::number(plan->step))))
            << title.toStdString();
    }
};

TEST_F(ScrubTest, LookingBackDoesNotDisturbTheConversion) {
    auto options = toyOptions();
    openWindow(options);
    ASSERT_TRUE(eventually([&] { return enabled("convert"); })) << banner();
    EXPECT_FALSE(find<TimeSlider>("time")->isEnabled());
    click("convert");
    ASSERT_TRUE(eventually([&] { return timeline().moments() > 14; })) << banner();
    EXPECT_TRUE(timeline().isLive());
    EXPECT_TRUE(find<QAction>("live")->isChecked());

    drag(5);
    EXPECT_FALSE(timeline().isLive());
    EXPECT_FALSE(find<QAction>("live")->isChecked());
    EXPECT_EQ(timeline().moment(), 5);
    expectAllShow(5);
    const auto picture = find<PlanHeatmap>("heatmap")->grab().toImage();
    const int known = timeline().moments();
    ASSERT_TRUE(eventually([&] { return timeline().moments() > known + 3; })) << "the run goes on";
    EXPECT_TRUE(m_window->controller().busy());
    EXPECT_EQ(timeline().moment(), 5);
    EXPECT_EQ(find<PlanHeatmap>("heatmap")->grab().toImage(), picture);
    expectAllShow(5);

    QTest::keyClick(m_window.get(), Qt::Key_Right, Qt::AltModifier);
    EXPECT_EQ(timeline().moment(), 6);
    expectAllShow(6);
    clickButton("Live");
    EXPECT_TRUE(timeline().isLive());
    EXPECT_EQ(timeline().moment(), timeline().moments() - 1);
    clickButton("Live");
    EXPECT_TRUE(timeline().isLive()) << "a second click is no way out";

    // To the end while looking at the past, through every button.
    drag(2);
    for (int turn = 0; turn < 40; ++turn) {
        clickButton(turn % 3 == 0 ? "Back" : "Forward");
        QTest::qWait(20);
    }
    const int seen = timeline().moment();
    ASSERT_TRUE(eventually([&] { return state() == "Finished"; })) << banner();
    EXPECT_EQ(timeline().moment(), seen);
    expectAllShow(seen);

    // The same conversion without a window.
    ConvertRequest request = m_window->controller().request();
    request.out = fs::path(m_folder.path().toStdString()) / "unseen";
    NullSink nobody;
    RunControl control;
    convert(request, {nobody, control});
    EXPECT_EQ(contents(*options.out / "experts.safetensors"), contents(request.out / "experts.safetensors"));
    EXPECT_FALSE(fs::exists(request.out / "recording.moerec"));
}

TEST_F(ScrubTest, AContinuedRunGoesOnInTheSameRecording) {
    openWindow(toyOptions());
    ASSERT_TRUE(eventually([&] { return enabled("convert"); })) << banner();
    click("convert");
    const auto training = [&] {
        return timeline().moments() > 0 && timeline().recording()->steps().size() > 6;
    };
    ASSERT_TRUE(eventually(training)) << banner();
    click("stop");
    ASSERT_TRUE(eventually([&] { return state() == "Stopped"; }));
    const int before = timeline().moments();
    drag(1);
    click("convert");  // Continue
    EXPECT_TRUE(timeline().isLive());
    ASSERT_TRUE(eventually([&] { return timeline().moments() > before + 3; })) << banner();
    EXPECT_EQ(timeline().recording()->moments()[static_cast<std::size_t>(before)].kind, MomentKind::start);
    EXPECT_EQ(timeline().recording()->moments()[3].kind, MomentKind::round);
    click("stop");
    ASSERT_TRUE(eventually([&] { return state() == "Stopped"; }));
}

}  // namespace
}  // namespace dotmoe::studio
