// Drives the Side by side tab as a person would, and compares its pixels with plans and loads.
#pragma once

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>

#include "studio_driver.h"
#include "tests/widgets/pixels.h"
#include "widgets/balance_bars.h"
#include "widgets/colour_maps.h"
#include "widgets/plan_heatmap.h"
#include "widgets/time_slider.h"

namespace dotmoe::studio {

/// A person in the Side by side tab.
class SideBySideDriver : public StudioDriver {
  protected:
    void SetUp() override { QSettings().remove("runs"); }
    void TearDown() override {
        m_window.reset();
        QSettings().remove("runs");
    }
    std::filesystem::path folder() const { return m_folder.path().toStdString(); }
    std::filesystem::path recorded() const { return folder() / "toy.moerec"; }
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
    void wheel(QWidget& widget, QPointF at, int turns) {
        QWheelEvent event(at, widget.mapToGlobal(at), {}, {0, 120 * turns}, Qt::NoButton, {},
                          Qt::NoScrollPhase, false);
        QApplication::sendEvent(&widget, &event);
    }
    /// By the last entry of the list and the name typed into the dialog.
    void openBeside(const std::filesystem::path& path) {
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

}  // namespace dotmoe::studio
