// A person finds a command by its name, looks up the shortcuts, and makes everything larger.
#include <QAbstractItemModelTester>
#include <QDialog>
#include <QDockWidget>
#include <QLineEdit>
#include <QScrollBar>
#include <QSettings>
#include <QTableView>

#include "studio_driver.h"

namespace dotmoe::studio {
namespace {

class HelpTest : public StudioDriver {
  protected:
    void openPalette() {
        QApplication::setActiveWindow(m_window.get());
        QTest::keyClick(m_window.get(), Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);
        ASSERT_TRUE(find<QWidget>("commandPalette")->isVisible());
        ASSERT_TRUE(text()->hasFocus());
    }
    QLineEdit* text() { return find<QLineEdit>("paletteText"); }
    QTableView* list() { return find<QTableView>("paletteList"); }
    QString row(int row, int column = 0) { return list()->model()->index(row, column).data().toString(); }
    bool lists(const QString& name) {
        for (int i = 0; i < list()->model()->rowCount(); ++i)
            if (row(i) == name) return true;
        return false;
    }
    /// Rows of pixels between the top and the bottom of the letters over the model's dock.
    int titleHeight() {
        const auto* dock = find<QDockWidget>("modelDock");
        const auto picture = m_window->grab({dock->pos(), QSize(dock->width() / 2, dock->widget()->y())});
        const auto image = picture.toImage();
        int first = -1, last = -1;
        for (int y = 0; y < image.height(); ++y)
            for (int x = 0; x < image.width(); ++x)
                if (qGray(image.pixel(x, y)) < 100) first = first < 0 ? y : first, last = y;
        return last - first + 1;
    }
};

TEST_F(HelpTest, ThePaletteRunsWhatIsTyped) {
    auto options = toyOptions();
    openWindow(options);
    const QAbstractItemModelTester tester(list()->model());
    auto* layers = find<QTableView>("layers");
    ASSERT_TRUE(eventually([&] { return layers->model()->rowCount() > 1; })) << banner();
    ASSERT_NO_FATAL_FAILURE(openPalette());
    EXPECT_TRUE(lists("Open folder"));
    EXPECT_TRUE(lists("Show Experts"));
    EXPECT_TRUE(lists("Layer 1"));
    EXPECT_FALSE(lists("Pause")) << "nothing runs";

    QTest::keyClicks(text(), "experts");
    EXPECT_EQ(row(0), "Show Experts");
    EXPECT_EQ(row(0, 2), "Ctrl+3");
    QTest::keyClick(text(), Qt::Key_Return);
    EXPECT_FALSE(find<QWidget>("commandPalette")->isVisible());
    EXPECT_EQ(m_window->tabs().currentIndex(), 2);

    ASSERT_NO_FATAL_FAILURE(openPalette());
    QTest::keyClicks(text(), "layer");
    int down = 0;
    for (; down < list()->model()->rowCount() && row(down) != "Layer 1"; ++down)
        QTest::keyClick(text(), Qt::Key_Down);
    EXPECT_EQ(list()->currentIndex().row(), down);
    QTest::keyClick(text(), Qt::Key_Enter);
    EXPECT_EQ(layers->currentIndex().row(), 1);

    ASSERT_NO_FATAL_FAILURE(openPalette());
    QTest::keyClicks(text(), "no such command");
    EXPECT_EQ(list()->model()->rowCount(), 0);
    QTest::keyClick(text(), Qt::Key_Return);
    EXPECT_TRUE(find<QWidget>("commandPalette")->isVisible()) << "to mend what was typed";
    QTest::keyClick(text(), Qt::Key_Escape);
    EXPECT_FALSE(find<QWidget>("commandPalette")->isVisible());
}

TEST(Matching, PutsNamesThatBeginSoFirst) {
    std::vector<Command> commands;
    for (const auto* name : {"Undo a step", "Step forward", "Overstep", "Play"})
        commands.push_back({name, "Time", nullptr});
    const auto found = matching(commands, "STEP");
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].name, "Step forward");
    EXPECT_EQ(found[1].name, "Undo a step");
    EXPECT_EQ(found[2].name, "Overstep");
    EXPECT_EQ(matching(commands, "time play").size(), 1U) << "the menu counts too";
    EXPECT_EQ(matching(commands, "  ").size(), 4U);
}

TEST_F(HelpTest, F1ListsEveryShortcut) {
    openWindow({});
    QTest::keyClick(m_window.get(), Qt::Key_F1);
    auto* dialog = find<QDialog>("shortcutsDialog");
    ASSERT_TRUE(dialog->isVisible());
    EXPECT_FALSE(dialog->isModal());
    const auto* rows = find<QTableView>("shortcuts")->model();
    const QAbstractItemModelTester tester(const_cast<QAbstractItemModel*>(rows));
    QStringList keys;
    for (int row = 0; row < rows->rowCount(); ++row) keys << rows->index(row, 2).data().toString();
    for (const auto* each : {"Ctrl+Return", "Ctrl+Shift+P", "F1", "Ctrl+Space", "Ctrl+="})
        EXPECT_TRUE(keys.contains(each)) << each;
}

TEST_F(HelpTest, EverythingGrowsAndStaysSo) {
    openWindow({});
    const auto font = [&] { return find<QTableView>("layers")->font().pointSizeF(); };
    const auto bar = [&] { return find<QTableView>("layers")->verticalScrollBar()->sizeHint().width(); };
    const double usual = font(), usualBar = bar(), usualTitle = titleHeight();
    ASSERT_GT(usualTitle, 5);
    const auto press = [&](int key) {
        QTest::keyClick(m_window.get(), key, Qt::ControlModifier);
        QCoreApplication::processEvents();  // a font's change is posted
    };
    press(Qt::Key_Equal);
    EXPECT_NEAR(font(), 1.1 * usual, 0.3);
    for (int i = 0; i < 9; ++i) press(Qt::Key_Equal);
    EXPECT_NEAR(font(), 2 * usual, 0.1);
    EXPECT_EQ(bar(), 2 * usualBar) << "what is no text grows too";
    EXPECT_NEAR(titleHeight(), 2 * usualTitle, 3);
    m_window.reset();
    openWindow({});
    EXPECT_NEAR(font(), 2 * usual, 0.1) << "kept";
    for (int i = 0; i < 12; ++i) press(Qt::Key_Minus);
    EXPECT_NEAR(font(), 0.75 * usual, 0.1);
    press(Qt::Key_0);
    EXPECT_NEAR(font(), usual, 0.01);
}

}  // namespace
}  // namespace dotmoe::studio
