// A person converts the toy model: open, preset, Convert, watch, Pause, Resume, Stop, Continue, type a text.
#include <QClipboard>
#include <QComboBox>
#include <QLabel>
#include <QMenuBar>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTabBar>
#include <QTableView>
#include <QToolBar>
#include <QToolButton>

#include "studio_driver.h"
#include "widgets/balance_bars.h"
#include "widgets/colour_maps.h"
#include "widgets/plan_heatmap.h"
#include "widgets/routing_map.h"
#include "widgets/sinkhorn_scope.h"
#include "widgets/token_canvas.h"

namespace dotmoe::studio {
namespace {

class ConversionTest : public StudioDriver {
  protected:
    void openToy(const Options& options) {
        openWindow(options);
        QObject::connect(&m_window->bridge(), &EventBridge::planTaken, m_window.get(),
                         [this](const auto& plan) {
                             ++m_events;
                             m_plans[plan->layer] = plan;
                         });
        QObject::connect(&m_window->bridge(), &EventBridge::loadTaken, m_window.get(),
                         [this](const auto& load) {
                             ++m_events;
                             for (int i = 0; i < load->layers; ++i) m_loads[load->first_layer + i] = load;
                         });
        QObject::connect(&m_window->bridge(), &EventBridge::routingTaken, m_window.get(),
                         [this](const auto& routing) { m_routing = routing; });
        QObject::connect(&m_window->bridge(), &EventBridge::progressed, m_window.get(),
                         [this] { ++m_events; });
        QObject::connect(&m_window->bridge(), &EventBridge::stepped, m_window.get(), [this] { ++m_events; });
        ASSERT_TRUE(eventually([&] { return state() == "Ready" && rows() > 0; })) << banner();
    }
    int rows() { return find<QTableView>("layers")->model()->rowCount(); }
    static QColor pixel(QWidget* widget, QPoint at) {
        const auto picture = widget->grab();
        const auto ratio = picture.devicePixelRatio();
        return picture.toImage().pixelColor((QPointF(at) * ratio).toPoint());
    }

    /// Equal but for the rounding to eight bits.
    static bool alike(const QColor& a, const QColor& b) {
        return std::abs(a.red() - b.red()) + std::abs(a.green() - b.green()) +
                   std::abs(a.blue() - b.blue()) <=
               3;
    }

    void expectHeatmapShows(const PlanSnapshot& plan) {
        auto* heatmap = find<PlanHeatmap>("heatmap");
        clickButton("Hard plan");  // every cell is 0 or 1
        ASSERT_EQ(heatmap->mode(), PlanMode::hard);
        for (int neuron = 0; neuron < plan.neurons; neuron += 37) {
            const int row = heatmap->rowOf(neuron), owner = plan.owner[static_cast<std::size_t>(neuron)];
            EXPECT_EQ(pixel(heatmap, heatmap->cellRect(row, owner).center()), QColor(sequentialColour(1)));
            // A pixel may pool the rows of several neurons; three columns on, no neighbour's owner is near.
            const int other = (owner + 3) % plan.columns;
            EXPECT_EQ(pixel(heatmap, heatmap->cellRect(row, other).center()), QColor(sequentialColour(0)));
        }
    }

    void expectScopeScrubs() {
        auto* heatmap = find<PlanHeatmap>("heatmap");
        auto* scope = find<SinkhornScope>("sinkhorn");
        // A solve that begins where the one before it ended may need no iteration: back to one that did.
        for (int moment = 0; moment < 100 && scope->iterations() < 3; ++moment) clickButton("Back");
        ASSERT_GE(scope->iterations(), 3);
        const auto end = heatmap->grab().toImage();
        scope->setFocus();
        QTest::keyClick(scope, Qt::Key_Home);
        EXPECT_EQ(scope->iteration(), 1);
        EXPECT_TRUE(heatmap->accessibleDescription().contains("iteration 1"));
        EXPECT_NE(heatmap->grab().toImage(), end);
        QTest::keyClick(scope, Qt::Key_Escape);
        EXPECT_EQ(heatmap->grab().toImage(), end);
        if (!find<QAction>("live")->isChecked()) clickButton("Live");
    }

    void expectBarsShow(const LoadSnapshot& load, int layer) {
        auto* bars = find<BalanceBars>("loads");
        const auto first =
            static_cast<std::size_t>(layer - load.first_layer) * static_cast<std::size_t>(load.experts);
        for (int expert = 0; expert < load.experts; ++expert) {
            const double height = load.load[first + static_cast<std::size_t>(expert)];
            if (height > 0) {
                EXPECT_NEAR(bars->barRect(expert).top(), bars->yOf(height), 2) << expert;
            }
        }
        // One that is more than a line, and filled: hot ones are hatched.
        const auto is_filled = [&](int expert) {
            return bars->barRect(expert).height() >= 8 &&
                   load.load[first + static_cast<std::size_t>(expert)] < 2;
        };
        int tall = 0;
        while (tall < load.experts && !is_filled(tall)) ++tall;
        ASSERT_LT(tall, load.experts);
        const auto full = bars->barRect(tall);
        EXPECT_NE(pixel(bars, full.center()), pixel(bars, {full.center().x(), full.top() - 4}));
    }

    void expectCanvasShows(const RoutingSnapshot& routing, int layer) {
        auto* canvas = find<TokenCanvas>("tokens");
        const auto tokens = static_cast<int>(routing.tokens.size());
        for (int token = 0; token < tokens; ++token) {
            const int place = layer * tokens + token;
            const auto best =
                routing.expert.at(static_cast<std::size_t>(place) * static_cast<std::size_t>(routing.active));
            const auto box = canvas->tokenRect(token).toRect();
            EXPECT_TRUE(alike(pixel(canvas, box.bottomRight() - QPoint(3, 3)), expertColour(best))) << token;
        }
    }

    int m_events = 0;
    std::map<int, std::shared_ptr<const PlanSnapshot>> m_plans;
    std::map<int, std::shared_ptr<const LoadSnapshot>> m_loads;
    std::shared_ptr<const RoutingSnapshot> m_routing;
};

TEST_F(ConversionTest, WatchedPausedStoppedContinuedAndQuestioned) {
    auto options = toyOptions();
    options.preset = std::nullopt;
    ASSERT_NO_FATAL_FAILURE(openToy(options));
    EXPECT_EQ(state(), "Ready");
    EXPECT_EQ(badge(0), "○ dense");

    // The preset is chosen with the keyboard, and the form follows.
    auto* presets = find<QComboBox>("preset");
    presets->setFocus();
    QTest::keyClicks(presets, "toy");
    QTest::keyClick(presets, Qt::Key_Return);
    ASSERT_EQ(find<QComboBox>("recipePreset")->currentText(), "toy");
    ASSERT_TRUE(eventually([&] { return enabled("convert"); })) << banner();

    const auto before = find<PlanHeatmap>("heatmap")->grab().toImage();
    click("convert");
    EXPECT_EQ(state(), "Running");
    ASSERT_TRUE(eventually([&] { return badge(0) == "● done" && m_plans.contains(0); })) << banner();
    EXPECT_TRUE(eventually([&] { return find<PlanHeatmap>("heatmap")->grab().toImage() != before; }));

    click("pause");
    EXPECT_EQ(state(), "Paused");
    EXPECT_EQ(actionText("pause"), "Resume");
    QTest::qWait(1500);  // what was under way
    const int held = m_events;
    QTest::qWait(700);
    EXPECT_EQ(m_events, held);
    expectScopeScrubs();
    click("pause");
    EXPECT_EQ(state(), "Running");
    ASSERT_TRUE(eventually([&] { return m_events > held + 3; }));

    click("stop");
    ASSERT_TRUE(eventually([&] { return state() == "Stopped"; }));
    EXPECT_TRUE(std::filesystem::exists(*options.out / "checkpoint"));
    EXPECT_EQ(actionText("convert"), "Continue");
    EXPECT_FALSE(banner().empty());

    click("convert");
    ASSERT_TRUE(eventually([&] { return state() == "Finished"; })) << banner();
    EXPECT_TRUE(std::filesystem::exists(*options.out / "metrics.json"));
    EXPECT_FALSE(std::filesystem::exists(*options.out / "checkpoint"));
    EXPECT_EQ(actionText("convert"), "Convert");
    for (int layer = 0; layer < rows(); ++layer) EXPECT_EQ(badge(layer), "● done");

    // The views show the last pictures, of the layer that is selected.
    clickLayer(1);
    showTab(0);
    ASSERT_TRUE(m_plans.contains(1));
    expectHeatmapShows(*m_plans[1]);
    showTab(2);
    ASSERT_TRUE(m_loads.contains(1));
    expectBarsShow(*m_loads[1], 1);

    // A text typed after the run is routed too.
    showTab(1);
    auto* edit = find<QPlainTextEdit>("routedText");
    edit->selectAll();
    QTest::keyClicks(edit, "Once upon a time there was a keeper.");
    ASSERT_TRUE(
        eventually([&] { return m_routing && m_routing->text == "Once upon a time there was a keeper."; }));
    QTest::qWait(50);
    expectCanvasShows(*m_routing, 1);
    auto* canvas = find<TokenCanvas>("tokens");
    QTest::mouseClick(canvas, Qt::LeftButton, {}, canvas->tokenCentre(2));
    EXPECT_EQ(find<RoutingMap>("routingMap")->token(), 2);
    EXPECT_EQ(find<QTableView>("routingTable")->currentIndex().row(), 2);
}

TEST_F(ConversionTest, TextTypedWhileItRunsIsRoutedLive) {
    ASSERT_NO_FATAL_FAILURE(openToy(toyOptions()));
    ASSERT_TRUE(eventually([&] { return enabled("convert"); })) << banner();
    click("convert");
    ASSERT_TRUE(eventually([&] { return m_routing != nullptr; }));
    showTab(1);
    auto* edit = find<QPlainTextEdit>("routedText");
    edit->selectAll();
    QTest::keyClicks(edit, "live words");
    ASSERT_TRUE(eventually([&] { return m_routing->text == "live words"; }));
    EXPECT_TRUE(m_window->controller().busy());
}

TEST_F(ConversionTest, CommandLineIsCopied) {
    ASSERT_NO_FATAL_FAILURE(openToy(toyOptions()));
    QApplication::clipboard()->clear();
    QTest::mouseClick(find<QPushButton>("copyCommandLine"), Qt::LeftButton);
    const auto copied = QApplication::clipboard()->text().toStdString();
    EXPECT_TRUE(copied.starts_with("dotmoe convert " + toyModel().string())) << copied;
    EXPECT_NE(copied.find("--recipe toy"), std::string::npos) << copied;
}

// Every action can be reached by keyboard and is described.
TEST_F(ConversionTest, EveryActionHasAShortcutAndAPlaceInAMenu) {
    openWindow({});
    QSet<QKeySequence> shortcuts;
    for (auto* menu : m_window->menuBar()->findChildren<QMenu*>())
        for (auto* action : menu->actions()) {
            if (action->isSeparator() || action->menu()) continue;
            EXPECT_FALSE(action->shortcut().isEmpty()) << action->text().toStdString();
            EXPECT_FALSE(shortcuts.contains(action->shortcut())) << action->text().toStdString();
            shortcuts.insert(action->shortcut());
        }
    for (auto* button : find<QToolBar>("toolbar")->findChildren<QToolButton*>()) {
        if (!button->defaultAction()) continue;
        EXPECT_NE(button->focusPolicy(), Qt::NoFocus) << button->text().toStdString();
        EXPECT_TRUE(shortcuts.contains(button->defaultAction()->shortcut())) << button->text().toStdString();
    }
}

}  // namespace
}  // namespace dotmoe::studio
