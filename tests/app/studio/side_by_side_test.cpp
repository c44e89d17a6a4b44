// A person puts two layers, two moments or two runs side by side and zooms into both at once.
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <fstream>

#include "app/studio/known_runs.h"
#include "app/studio/moment_text.h"
#include "studio_driver.h"
#include "tests/widgets/pixels.h"
#include "widgets/balance_bars.h"
#include "widgets/colour_maps.h"
#include "widgets/plan_heatmap.h"
#include "widgets/time_slider.h"

namespace dotmoe::studio {
namespace {

namespace fs = std::filesystem;

class SideBySideTest : public StudioDriver {
  protected:
    void SetUp() override { QSettings().remove("runs"); }
    void TearDown() override {
        m_window.reset();
        QSettings().remove("runs");
    }
    fs::path folder() const { return m_folder.path().toStdString(); }
    fs::path recorded() const { return folder() / "toy.moerec"; }
    /// A window large enough that each neuron has a row of pixels.
    void openLarge(const Options& options) {
        openWindow(options);
        m_window->resize(1560, 1160);
        QTest::qWait(50);
    }
    /// A recorded toy at its last moment, layer 1 on show, in the tab.
    void openRecorded() {
        recordToy(recorded());
        Options options;
        options.model = recorded();
        openLarge(options);
        ASSERT_TRUE(eventually([&] { return timeline().moments() > 0; })) << banner();
        clickLayer(1);
        showSides();
    }
    void showSides() {
        QTest::keyClick(m_window.get(), Qt::Key_6, Qt::ControlModifier);
        ASSERT_EQ(m_window->tabs().tabText(m_window->tabs().currentIndex()), "Side by side");
        QTest::qWait(50);
    }

    Timeline& timeline() { return m_window->timeline(); }
    int last() { return timeline().moments() - 1; }
    PlanHeatmap& left() { return *find<PlanHeatmap>("leftPlan"); }
    PlanHeatmap& right() { return *find<PlanHeatmap>("rightPlan"); }
    TimeSlider& moment() { return *find<TimeSlider>("sideMoment"); }
    QComboBox& run() { return *find<QComboBox>("sideRun"); }
    QString text(const char* label) { return find<QLabel>(label)->text(); }
    static int firstPlan(const Recording& recording, int layer) {
        int moment = 0;
        while (!recording.plan(static_cast<std::size_t>(moment), layer)) ++moment;
        return moment;
    }
    static std::shared_ptr<const PlanSnapshot> planAt(const Recording& recording, int moment, int layer) {
        return recording.plan(static_cast<std::size_t>(moment), layer);
    }
    static int elsewhere(const PlanSnapshot& a, const PlanSnapshot& b) {
        int count = 0;
        for (std::size_t neuron = 0; neuron < a.owner.size(); ++neuron)
            count += a.owner[neuron] != b.owner[neuron] ? 1 : 0;
        return count;
    }

    void clickMoment(TimeSlider& slider, int at) {
        QTest::mouseClick(&slider, Qt::LeftButton, {}, {slider.xOf(at), slider.height() / 2});
        ASSERT_EQ(slider.value(), at);
    }
    void typeLayer(int layer) {
        auto* box = find<QSpinBox>("sideLayer");
        box->setFocus();
        box->selectAll();
        QTest::keyClicks(box, QString::number(layer));
    }
    void wheel(PlanHeatmap& plan, QPointF at, int turns) {
        QWheelEvent event(at, plan.mapToGlobal(at), {}, {0, 120 * turns}, Qt::NoButton, {}, Qt::NoScrollPhase,
                          false);
        QApplication::sendEvent(&plan, &event);
    }
    /// By the last entry of the list and the name typed into the dialog.
    void openBeside(const fs::path& path) {
        run().setFocus();
        QTest::keyClick(&run(), Qt::Key_End);
        QFileDialog* dialog = nullptr;
        ASSERT_TRUE(eventually(
            [&] { return (dialog = m_window->findChild<QFileDialog*>("openBesideDialog")) != nullptr; }));
        dialog->findChild<QLineEdit*>("fileNameEdit")->setText(QString::fromStdString(path.string()));
        QTest::mouseClick(dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Open),
                          Qt::LeftButton);
        ASSERT_TRUE(
            eventually([&] { return m_window->findChild<QFileDialog*>("openBesideDialog") == nullptr; }));
    }

    /// Every cell in sight has the colour of its mass in the plan.
    static ::testing::AssertionResult shows(PlanHeatmap& heatmap, const PlanSnapshot& plan,
                                            int tolerance = 4) {
        const QImage seen = picture(heatmap);
        const auto [rows, columns] = heatmap.window();
        if (heatmap.geometryInDevicePixels().area.height() < rows.end - rows.first)
            return ::testing::AssertionFailure() << "too few pixels";
        for (int neuron = 0; neuron < plan.neurons; ++neuron) {
            const int row = heatmap.rowOf(neuron);
            if (row < rows.first || row >= rows.end) continue;
            for (int column = columns.first; column < columns.end; ++column) {
                const double mass = planMass(plan, heatmap.mode(), neuron, column) / heatmap.scale();
                auto colour = similar(colourAt(seen, heatmap.cellRect(row, column).center()),
                                      QColor(sequentialColour(std::min(1.0, mass))), tolerance);
                if (!colour) return colour << " of neuron " << neuron << " in column " << column;
            }
        }
        return ::testing::AssertionSuccess();
    }
    /// In blocks of one owner.
    static bool isSortedByOwner(const PlanHeatmap& heatmap, const PlanSnapshot& plan) {
        std::vector<std::int32_t> owners(plan.owner.size());
        for (int neuron = 0; neuron < plan.neurons; ++neuron)
            owners[static_cast<std::size_t>(heatmap.rowOf(neuron))] =
                plan.owner[static_cast<std::size_t>(neuron)];
        return std::ranges::is_sorted(owners);
    }
    static void expectLoads(BalanceBars& bars, const LoadSnapshot& load, int layer) {
        const double unit = bars.yOf(0) - bars.yOf(1);
        ASSERT_GT(unit, 5);
        for (int expert = 0; expert < load.experts; ++expert) {
            const double value = static_cast<double>(
                load.load[static_cast<std::size_t>((layer - load.first_layer) * load.experts + expert)]);
            if (value <= 0) continue;
            EXPECT_NEAR(bars.barRect(expert).height(), value * unit, 2) << expert;
        }
    }
};

TEST_F(SideBySideTest, SaysSomethingAtOnceAndShowsTwoLayers) {
    ASSERT_NO_FATAL_FAILURE(openRecorded());
    const Recording recording(recorded());
    const int first = firstPlan(recording, 1);
    EXPECT_TRUE(shows(left(), *planAt(recording, last(), 1)));
    EXPECT_TRUE(shows(right(), *planAt(recording, first, 1)));
    EXPECT_FALSE(shows(right(), *planAt(recording, last(), 1)));
    EXPECT_EQ(text("leftHeading"), "toy.moerec · layer 1 · at " + place_text(&recording, last()));
    EXPECT_EQ(text("rightHeading"), "toy.moerec · layer 1 · at " + place_text(&recording, first));
    EXPECT_EQ(moment().value(), first);
    EXPECT_EQ(moment().maximum(), last());

    // The layer that the window shows is followed until another is chosen.
    clickLayer(2);
    EXPECT_TRUE(shows(left(), *planAt(recording, last(), 2)));
    EXPECT_TRUE(shows(right(), *planAt(recording, firstPlan(recording, 2), 2)));
    typeLayer(0);
    EXPECT_TRUE(shows(left(), *planAt(recording, last(), 2)));
    EXPECT_TRUE(shows(right(), *planAt(recording, firstPlan(recording, 2), 0)));
    EXPECT_TRUE(isSortedByOwner(left(), *planAt(recording, last(), 2)));
    EXPECT_TRUE(isSortedByOwner(right(), *planAt(recording, firstPlan(recording, 2), 0)));
    clickLayer(1);
    EXPECT_TRUE(shows(right(), *planAt(recording, firstPlan(recording, 2), 0))) << "chosen: it holds still";
    EXPECT_TRUE(text("rightHeading").contains("layer 0")) << text("rightHeading").toStdString();

    // Another layer: loads side by side, on one scale.
    moment().setFocus();
    QTest::keyClick(&moment(), Qt::Key_End);
    auto& leftLoads = *find<BalanceBars>("leftLoads");
    auto& rightLoads = *find<BalanceBars>("rightLoads");
    const auto end = static_cast<std::size_t>(last());
    expectLoads(leftLoads, *recording.load(end, 1), 1);
    expectLoads(rightLoads, *recording.load(end, 0), 0);
    for (const double load : {0.0, 1.0, 2.0}) EXPECT_EQ(leftLoads.yOf(load), rightLoads.yOf(load)) << load;
    EXPECT_EQ(leftLoads.barRect(7).left(), rightLoads.barRect(7).left());
    const auto largest = [&](int layer) {
        const auto load = recording.load(end, layer);
        const auto row = load->load.begin() + std::ptrdiff_t{layer - load->first_layer} * load->experts;
        return static_cast<double>(*std::max_element(row, row + load->experts));
    };
    EXPECT_TRUE(text("sideDifference")
                    .endsWith(QStringLiteral("largest load %1× left, %2× right")
                                  .arg(largest(1), 0, 'f', 2)
                                  .arg(largest(0), 0, 'f', 2)))
        << text("sideDifference").toStdString();
}

TEST_F(SideBySideTest, TwoMomentsOfALayerByMouseAndKeys) {
    ASSERT_NO_FATAL_FAILURE(openRecorded());
    const Recording recording(recorded());
    const auto final_plan = planAt(recording, last(), 1);
    const int at = (firstPlan(recording, 1) + last()) / 2;
    clickMoment(moment(), at);
    EXPECT_TRUE(shows(right(), *planAt(recording, at, 1)));
    EXPECT_TRUE(shows(left(), *final_plan));
    moment().setFocus();
    QTest::keyClick(&moment(), Qt::Key_Right);
    QTest::keyClick(&moment(), Qt::Key_Right);
    const auto later = planAt(recording, at + 2, 1);
    EXPECT_TRUE(shows(right(), *later));
    EXPECT_TRUE(
        text("sideDifference")
            .startsWith(
                QStringLiteral("%1 of 256 neurons have another expert").arg(elsewhere(*final_plan, *later))))
        << text("sideDifference").toStdString();

    // The time bar moves the left alone.
    const QImage still = picture(right());
    auto* time = find<TimeSlider>("time");
    clickMoment(*time, firstPlan(recording, 1));
    EXPECT_TRUE(shows(left(), *planAt(recording, firstPlan(recording, 1), 1)));
    EXPECT_EQ(picture(right()), still);
    EXPECT_EQ(moment().value(), at + 2);
    clickMoment(*time, 0);
    EXPECT_TRUE(left().accessibleDescription().startsWith("No transport plan"));
    EXPECT_EQ(text("sideDifference"), "There is no plan on the left yet");
    EXPECT_EQ(picture(right()), still);

    // The three ways to draw a plan are for both sides.
    clickMoment(*time, last());
    QTest::keyClick(m_window.get(), Qt::Key_2, Qt::AltModifier);
    EXPECT_EQ(left().mode(), PlanMode::hard);
    EXPECT_TRUE(shows(left(), *final_plan));
    EXPECT_TRUE(shows(right(), *later));
    QTest::keyClick(m_window.get(), Qt::Key_1, Qt::AltModifier);
    EXPECT_TRUE(shows(right(), *later));
}

TEST_F(SideBySideTest, ZoomingOneZoomsTheOther) {
    ASSERT_NO_FATAL_FAILURE(openRecorded());
    const Recording recording(recorded());
    const auto first = planAt(recording, firstPlan(recording, 1), 1), end = planAt(recording, last(), 1);
    const auto whole = left().window();
    EXPECT_EQ(right().window(), whole);
    wheel(left(), left().cellRect(100, 5).center(), 4);
    EXPECT_NE(left().window(), whole);
    EXPECT_EQ(right().window(), left().window());
    EXPECT_TRUE(shows(left(), *end));
    EXPECT_TRUE(shows(right(), *first));

    const auto before = right().window();
    const QPoint from = right().rect().center(), to = from + QPoint(0, 60);
    QTest::mousePress(&right(), Qt::LeftButton, {}, from);
    QMouseEvent drag(QEvent::MouseMove, to, right().mapToGlobal(to), Qt::NoButton, Qt::LeftButton,
                     Qt::NoModifier);
    QApplication::sendEvent(&right(), &drag);
    QTest::mouseRelease(&right(), Qt::LeftButton, {}, to);
    QEvent leave(QEvent::Leave);  // with the frame around the cell under the pointer
    QApplication::sendEvent(&right(), &leave);
    EXPECT_LT(right().window().rows.first, before.rows.first);
    EXPECT_EQ(left().window(), right().window());
    EXPECT_TRUE(shows(left(), *end));
    EXPECT_TRUE(shows(right(), *first));
    wheel(right(), right().rect().center(), -1);
    EXPECT_EQ(left().window(), right().window());
    right().setFocus();
    QTest::keyClick(&right(), Qt::Key_0);
    EXPECT_EQ(left().window(), whole);
}

TEST_F(SideBySideTest, ANeuronHasTheRowThatItHasOnTheLeft) {
    ASSERT_NO_FATAL_FAILURE(openRecorded());
    const Recording recording(recorded());
    const auto first = planAt(recording, firstPlan(recording, 1), 1), end = planAt(recording, last(), 1);
    const auto rows_agree = [&] {
        for (int neuron = 0; neuron < end->neurons; ++neuron)
            if (left().rowOf(neuron) != right().rowOf(neuron)) return false;
        return true;
    };
    ASSERT_TRUE(enabled("rowsAsLeft"));
    EXPECT_FALSE(rows_agree());
    QTest::keyClick(m_window.get(), Qt::Key_L, Qt::AltModifier);
    EXPECT_TRUE(rows_agree());
    EXPECT_TRUE(shows(right(), *first));
    EXPECT_FALSE(shows(right(), *end));
    EXPECT_TRUE(right().accessibleDescription().contains("rows as on the left"));
    QTest::keyClick(m_window.get(), Qt::Key_2, Qt::AltModifier);
    EXPECT_TRUE(rows_agree());
    EXPECT_TRUE(shows(right(), *first));
    QTest::keyClick(m_window.get(), Qt::Key_1, Qt::AltModifier);

    // Not for two layers; it comes back with the layer.
    typeLayer(0);
    EXPECT_FALSE(enabled("rowsAsLeft"));
    EXPECT_EQ(find<QAction>("rowsAsLeft")->toolTip(),
              "Not possible: layer 1 is on the left, layer 0 on the right");
    EXPECT_TRUE(isSortedByOwner(right(), *planAt(recording, moment().value(), 0)));
    clickLayer(0);
    EXPECT_TRUE(enabled("rowsAsLeft"));
    EXPECT_TRUE(rows_agree());
    clickButton("Rows as on the left");
    EXPECT_FALSE(rows_agree());
}

TEST_F(SideBySideTest, AnotherRunThatIsKnownHere) {
    const auto known = folder() / "known" / "recording.moerec";
    fs::create_directory(known.parent_path());
    recordToy(known, 7);
    KnownRuns().add(QString::fromStdString(known.parent_path().string()));
    ASSERT_NO_FATAL_FAILURE(openRecorded());
    ASSERT_TRUE(eventually([&] { return run().count() == 3; }));
    run().setFocus();
    QTest::keyClick(&run(), Qt::Key_Down);
    EXPECT_EQ(run().currentText(), "known");
    const Recording other(known), own(recorded());
    const int end = static_cast<int>(other.moments().size()) - 1;
    ASSERT_TRUE(eventually([&] { return text("rightHeading").startsWith("known"); })) << banner();
    EXPECT_EQ(text("rightHeading"), "known · layer 1 · at " + place_text(&other, end));
    const auto there = planAt(other, end, 1), here = planAt(own, last(), 1);
    EXPECT_TRUE(shows(right(), *there));
    EXPECT_TRUE(shows(left(), *here));
    EXPECT_GT(elsewhere(*here, *there), 100) << "another seed";
    EXPECT_TRUE(
        text("sideDifference")
            .startsWith(
                QStringLiteral("%1 of 256 neurons have another expert").arg(elsewhere(*here, *there))));
    for (const auto& [side, name] : {std::pair{"left", "toy.moerec"}, {"right", "known"}})
        for (const auto* view : {"Plan", "Loads"})
            EXPECT_TRUE(find<QWidget>((std::string(side) + view).c_str())
                            ->accessibleDescription()
                            .startsWith(QLatin1String(name) + " · Layer 1"))
                << side << view;

    QTest::keyClick(m_window.get(), Qt::Key_L, Qt::AltModifier);
    EXPECT_TRUE(shows(right(), *there));
    EXPECT_EQ(left().rowOf(11), right().rowOf(11));
    clickMoment(moment(), end - 5);
    EXPECT_TRUE(shows(right(), *planAt(other, end - 5, 1)));
    clickMoment(*find<TimeSlider>("time"), last() - 5);
    EXPECT_TRUE(shows(left(), *planAt(own, last() - 5, 1)));
    EXPECT_TRUE(shows(right(), *planAt(other, end - 5, 1)));

    run().setFocus();
    QTest::keyClick(&run(), Qt::Key_Up);
    EXPECT_EQ(run().currentText(), "This run");
    EXPECT_TRUE(shows(right(), *planAt(own, firstPlan(own, 1), 1))) << "as at first";
    EXPECT_EQ(right().accessibleDescription().indexOf("Layer 1"), 0) << "one run needs no name";
}

TEST_F(SideBySideTest, WhatCannotBeReadIsSaidInOneLine) {
    const auto known = folder() / "known" / "recording.moerec";
    fs::create_directory(known.parent_path());
    ASSERT_NO_FATAL_FAILURE(recordToy(known, 7));
    KnownRuns().add(QString::fromStdString(known.parent_path().string()));
    ASSERT_NO_FATAL_FAILURE(openRecorded());
    ASSERT_TRUE(eventually([&] { return run().count() == 3; }));
    const Recording recording(recorded());
    const auto first = planAt(recording, firstPlan(recording, 1), 1);
    const auto heading = text("rightHeading");
    const auto expect_refused = [&](const fs::path& path) {
        ASSERT_TRUE(eventually([&] { return banner().find(path.string()) != std::string::npos; }));
        EXPECT_EQ(banner().find('\n'), std::string::npos) << banner();
        EXPECT_EQ(run().currentText(), "This run");
        EXPECT_EQ(text("rightHeading"), heading);
        EXPECT_TRUE(shows(right(), *first));
    };
    const auto nothing = folder() / "nothing.moerec";
    std::ofstream(nothing) << "no recording";
    ASSERT_NO_FATAL_FAILURE(openBeside(nothing));
    ASSERT_NO_FATAL_FAILURE(expect_refused(nothing));

    fs::resize_file(known, 150);  // since it was found
    run().setFocus();
    QTest::keyClick(&run(), Qt::Key_Down);
    ASSERT_NO_FATAL_FAILURE(expect_refused(known));
    EXPECT_NE(banner().find("before the run began"), std::string::npos) << banner();
}

TEST_F(SideBySideTest, AFileThatIsStillWrittenIsFollowed) {
    ASSERT_NO_FATAL_FAILURE(openRecorded());
    std::ifstream whole(recorded(), std::ios::binary);
    const std::string bytes(std::istreambuf_iterator<char>(whole), {});
    const auto growing = folder() / "growing.moerec";
    const auto half = static_cast<std::streamsize>(bytes.size() / 2);
    std::ofstream file(growing, std::ios::binary);
    file.write(bytes.data(), half).flush();
    ASSERT_NO_FATAL_FAILURE(openBeside(growing));
    ASSERT_TRUE(eventually([&] { return text("rightHeading").startsWith("growing.moerec"); })) << banner();
    EXPECT_EQ(run().currentText(), "growing.moerec");
    EXPECT_LT(moment().maximum(), last());
    const int at = moment().value();
    file.write(bytes.data() + half, static_cast<std::streamsize>(bytes.size()) - half).flush();
    ASSERT_TRUE(eventually([&] { return moment().maximum() == last(); }));
    EXPECT_EQ(moment().value(), at) << "it holds still";
    const Recording recording(recorded());
    EXPECT_TRUE(shows(right(), *planAt(recording, at, 1)));
}

TEST_F(SideBySideTest, TheLeftGoesOnWithTheRunAndTheRightHoldsStill) {
    openLarge(toyOptions());
    ASSERT_TRUE(eventually([&] { return enabled("convert"); })) << banner();
    ASSERT_NO_FATAL_FAILURE(showSides());
    EXPECT_EQ(text("sideDifference"), "There is no plan on the left yet");
    EXPECT_FALSE(enabled("rowsAsLeft"));
    click("convert");
    clickLayer(1);
    clickLayer(0);  // and no longer the one that is aligned
    ASSERT_TRUE(eventually([&] { return moment().maximum() > 3; })) << banner();
    const QImage still = picture(right());
    const int known = moment().maximum(), at = moment().value();
    std::set<QString> seen;
    ASSERT_TRUE(eventually([&] {
        seen.insert(left().accessibleDescription());
        return seen.size() > 5;
    })) << banner();
    EXPECT_TRUE(m_window->controller().busy());
    EXPECT_GT(moment().maximum(), known);
    EXPECT_EQ(moment().value(), at);
    EXPECT_EQ(picture(right()), still);
    ASSERT_TRUE(eventually([&] { return state() == "Finished"; })) << banner();
    const Recording recording(*toyOptions().out / "recording.moerec");
    EXPECT_TRUE(shows(left(), *planAt(recording, last(), 0), 8)) << "live, not in 256 levels";
    EXPECT_TRUE(shows(right(), *planAt(recording, firstPlan(recording, 0), 0)));
    EXPECT_EQ(moment().maximum(), last());
}

}  // namespace
}  // namespace dotmoe::studio
