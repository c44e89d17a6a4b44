// Closing the window while a conversion runs.
#include <QAbstractButton>
#include <QMenu>
#include <QMessageBox>

#include "studio_driver.h"

namespace dotmoe::studio {
namespace {

class CloseTest : public StudioDriver {
  protected:
    void start() {
        openWindow(toyOptions());
        ASSERT_TRUE(eventually([&] { return enabled("convert"); }));
        click("convert");
        ASSERT_TRUE(eventually([&] { return badge(0) != "○ dense"; }));
    }
    void answer(const QString& text) {
        QMessageBox* question = nullptr;
        ASSERT_TRUE(
            eventually([&] { return (question = m_window->findChild<QMessageBox*>("closing")) != nullptr; }));
        for (auto* button : question->buttons())
            if (button->text().remove(u'&') == text) return QTest::mouseClick(button, Qt::LeftButton);
        FAIL() << "no such button";
    }
};

TEST_F(CloseTest, KeepRunningKeepsRunning) {
    start();
    EXPECT_FALSE(m_window->close());
    answer("Keep running");
    EXPECT_TRUE(m_window->isVisible());
    EXPECT_TRUE(m_window->controller().busy());
}

TEST_F(CloseTest, StopAndCloseLeavesACheckpoint) {
    start();
    EXPECT_FALSE(m_window->close());
    answer("Stop and close");
    ASSERT_TRUE(eventually([&] { return !m_window->isVisible(); }));
    EXPECT_FALSE(m_window->controller().busy());
    EXPECT_TRUE(std::filesystem::exists(*toyOptions().out / "checkpoint"));
}

TEST_F(CloseTest, AnIdleWindowJustCloses) {
    openWindow({});
    EXPECT_TRUE(m_window->close());
}

TEST_F(CloseTest, LayoutAndRecentModelsAreRemembered) {
    openWindow(toyOptions());
    ASSERT_TRUE(eventually([&] { return enabled("convert"); }));
    find<QWidget>("logDock")->hide();
    EXPECT_TRUE(m_window->close());
    openWindow({});
    EXPECT_TRUE(find<QWidget>("logDock")->isHidden());
    const auto recent = m_window->findChild<QAction*>("openRecent")->menu()->actions();
    ASSERT_FALSE(recent.isEmpty());
    EXPECT_TRUE(recent.front()->text().contains("toy.gguf"));
}

}  // namespace
}  // namespace dotmoe::studio
