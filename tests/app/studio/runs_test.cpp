// A person finds a conversion among the runs, begins another from it with a setting changed, and opens both.
#include <QComboBox>
#include <QDockWidget>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QSettings>
#include <QSpinBox>
#include <QTreeView>
#include <fstream>

#include "app/studio/panels/recipe_panel.h"
#include "app/studio/run_tree.h"
#include "studio_driver.h"

namespace dotmoe::studio {
namespace {

namespace fs = std::filesystem;

class RunsTest : public StudioDriver {
  protected:
    void SetUp() override { QSettings().remove("runs"); }
    void TearDown() override {
        m_window.reset();
        QSettings().remove("runs");
    }

    QTreeView* view() { return find<QTreeView>("runs"); }
    int roots() { return view()->model()->rowCount(); }
    QModelIndex root(int row = 0) { return view()->model()->index(row, 0); }
    static std::string cell(const QModelIndex& index, int column) {
        return index.siblingAtColumn(column).data().toString().toStdString();
    }
    /// The list comes to the front by its key.
    void showRuns() {
        auto* dock = find<QDockWidget>("runsDock");
        for (int tries = 0; tries < 2 && view()->visibleRegion().isEmpty(); ++tries) {
            dock->raise();
            QTest::qWait(50);
        }
        ASSERT_FALSE(view()->visibleRegion().isEmpty());
    }
    void clickRun(const QModelIndex& index) {
        QTest::mouseClick(view()->viewport(), Qt::LeftButton, {}, view()->visualRect(index).center());
    }
    /// By the keys of its context menu: open, fork, remove.
    void chooseInMenu(int row) {
        QTimer::singleShot(100, m_window.get(), [row] {
            auto* menu = QApplication::activePopupWidget();
            ASSERT_NE(menu, nullptr);
            for (int down = 0; down <= row; ++down) QTest::keyClick(menu, Qt::Key_Down);
            QTest::keyClick(menu, Qt::Key_Return);
        });
        QContextMenuEvent asked(QContextMenuEvent::Keyboard, {10, 10}, view()->mapToGlobal(QPoint(10, 10)));
        QApplication::sendEvent(view(), &asked);
    }
    void type(const char* box, int value) {
        auto* field = find<QSpinBox>(box);
        field->setFocus();
        field->selectAll();
        QTest::keyClicks(field, QString::number(value));
    }
    std::string check() { return find<QLabel>("check")->text().toStdString(); }
};

TEST_F(RunsTest, AConversionIsForkedWithASettingChanged) {
    const auto parent = convertToy();
    auto options = toyOptions();
    options.model.reset();
    options.out.reset();
    openWindow(options);
    EXPECT_FALSE(enabled("fork"));
    drop(parent);
    ASSERT_TRUE(eventually([&] { return roots() == 1 && enabled("fork"); })) << banner();
    ASSERT_NO_FATAL_FAILURE(showRuns());
    EXPECT_EQ(cell(root(), RunTree::name), parent.filename());
    const auto metrics = nlohmann::json::parse(std::ifstream(parent / "metrics.json")).get<Metrics>();
    EXPECT_EQ(cell(root(), RunTree::perplexity),
              QString::number(metrics.converted->perplexity, 'f', 2).toStdString());

    clickRun(root());
    QTest::keyClick(m_window.get(), Qt::Key_B, Qt::ControlModifier);
    auto* note = find<QLabel>("forkNote");
    ASSERT_TRUE(eventually([&] { return note->isVisible(); })) << banner();
    EXPECT_TRUE(note->text().contains(QString::fromStdString(parent.filename().string())));
    for (const auto* fixed : {"experts", "active", "shared", "seed"})
        EXPECT_FALSE(find<QSpinBox>(fixed)->isEnabled()) << fixed;
    EXPECT_FALSE(find<QComboBox>("method")->isEnabled());
    EXPECT_EQ(find<QSpinBox>("steps")->value(), 2) << "the parent's";
    ASSERT_TRUE(eventually([&] { return enabled("convert"); })) << check();

    EXPECT_NE(check().find("'global', after 2 steps; changed: nothing"), std::string::npos) << check();

    // What acted before is refused while it is typed, and so is what can't be read.
    auto* others = find<QLineEdit>("settings");
    QTest::keyClicks(others, "layerwise.rounds = 3");
    EXPECT_NE(check().find("layerwise.rounds"), std::string::npos) << check();
    EXPECT_FALSE(enabled("convert"));
    others->selectAll();
    QTest::keyClicks(others, "distill.clip = much");
    EXPECT_FALSE(enabled("convert"));
    others->selectAll();
    QTest::keyClicks(others, "distill.clip = 2.0; distill.z_weight = 0.01");
    ASSERT_TRUE(enabled("convert")) << check();
    EXPECT_NE(check().find("'layer-wise', after 0 steps; changed: distill.clip"), std::string::npos)
        << check();
    type("steps", 4);
    QTest::keyClick(m_window.get(), Qt::Key_Return, Qt::ControlModifier);
    ASSERT_TRUE(eventually([&] { return state() == "Finished"; })) << banner();

    const auto child = parent.parent_path() / "converted-fork";
    const auto forked_run = [&] { return view()->model()->index(0, 0, root()); };
    ASSERT_TRUE(eventually([&] { return cell(forked_run(), RunTree::steps) == "4"; }));
    const auto fork = forked_run();
    EXPECT_EQ(cell(fork, RunTree::name), child.filename());
    EXPECT_EQ(cell(fork, RunTree::change),
              "distill.steps 2 -> 4, distill.clip 1.0 -> 2.0, distill.z_weight 0.001 -> 0.01");
    const auto forked = nlohmann::json::parse(std::ifstream(child / "metrics.json")).get<Metrics>();
    ASSERT_TRUE(forked.parent);
    EXPECT_EQ(forked.parent->folder, parent);
    EXPECT_EQ(forked.parent->state, "layer-wise");
    EXPECT_TRUE(view()->isExpanded(root())) << "it is seen";

    // The same conversion in one piece, by the command line's own call.
    auto whole = toyRequest("whole", 4);
    whole.recipe.distill.clip = 2;
    whole.recipe.distill.z_weight = 0.01;
    NullSink nobody;
    RunControl control;
    const auto figures = convert(whole, {nobody, control});
    EXPECT_NEAR(figures.converted->kl, forked.converted->kl, 1e-4);

    // A button leads back to a conversion from its beginning.
    QTest::mouseClick(find<QPushButton>("anew"), Qt::LeftButton);
    EXPECT_FALSE(note->isVisible());
    EXPECT_TRUE(find<QSpinBox>("experts")->isEnabled());
    EXPECT_FALSE(find<RecipePanel>("recipe")->request().fork);
}

TEST_F(RunsTest, ADoubleClickOpensAndTheListIsKept) {
    const auto first = convertToy();
    openWindow({});
    drop(first);
    ASSERT_TRUE(eventually([&] { return roots() == 1; })) << banner();
    m_window.reset();

    openWindow({});
    ASSERT_TRUE(eventually([&] { return roots() == 1; })) << "remembered";
    leaveWelcome();
    ASSERT_NO_FATAL_FAILURE(showRuns());
    EXPECT_FALSE(enabled("exportModel"));
    clickRun(root());
    QTest::mouseDClick(view()->viewport(), Qt::LeftButton, {}, view()->visualRect(root()).center());
    ASSERT_TRUE(eventually([&] { return enabled("exportModel"); })) << banner();
    EXPECT_EQ(m_window->tabs().currentIndex(), 4) << "as any conversion that is opened";

    chooseInMenu(2);
    ASSERT_TRUE(eventually([&] { return roots() == 0; }));
    EXPECT_TRUE(fs::exists(first / "experts.safetensors")) << "the folder stays";
    EXPECT_FALSE(enabled("fork"));
}

TEST_F(RunsTest, AStoppedRunIsListedAsUnfinishedAndForked) {
    openWindow(toyOptions());
    ASSERT_TRUE(eventually([&] { return enabled("convert"); })) << banner();
    click("convert");
    ASSERT_TRUE(eventually([&] { return fs::exists(toyOptions().out.value() / "checkpoint"); }));
    click("stop");
    ASSERT_TRUE(eventually([&] { return state() == "Stopped"; })) << banner();
    ASSERT_TRUE(eventually([&] { return roots() == 1 && enabled("fork"); }));
    ASSERT_NO_FATAL_FAILURE(showRuns());
    EXPECT_NE(cell(root(), RunTree::steps).find(" of 60"), std::string::npos) << cell(root(), RunTree::steps);
    clickRun(root());
    chooseInMenu(1);
    ASSERT_TRUE(find<QLabel>("forkNote")->isVisible()) << banner();
    ASSERT_TRUE(enabled("convert")) << check();
    EXPECT_EQ(actionText("convert"), "Convert") << "a fork is no continuation";
    click("convert");
    ASSERT_TRUE(eventually([&] { return state() == "Finished"; })) << banner();
    ASSERT_TRUE(eventually([&] { return view()->model()->rowCount(root()) == 1; }));
}

}  // namespace
}  // namespace dotmoe::studio
