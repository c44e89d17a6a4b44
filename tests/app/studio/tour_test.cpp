// A newcomer is shown the window while the toy is converted, by mouse and by keys.
#include "app/studio/panels/tour.h"

#include <QCommandLinkButton>
#include <QDockWidget>
#include <QLabel>
#include <QPushButton>
#include <QSettings>

#include "app/studio/toy.h"
#include "studio_driver.h"

namespace dotmoe::studio {
namespace {

class TourTest : public StudioDriver {
  protected:
    void SetUp() override {
        QSettings().clear();
        m_home = qgetenv("HOME");
        qputenv("HOME", m_folder.path().toLocal8Bit());  // the toy's conversion goes there
    }
    void TearDown() override {
        m_window.reset();
        qputenv("HOME", m_home);
        QSettings().clear();
    }
    Tour* tour() { return find<Tour>("tour"); }
    void press(const char* button) { QTest::mouseClick(find<QPushButton>(button), Qt::LeftButton); }
    void key(Qt::Key pressed) { QTest::keyClick(QApplication::focusWidget(), pressed); }
    /// Where a part of the window lies in it.
    QRect place(QWidget* part) { return {part->mapTo(m_window.get(), QPoint()), part->size()}; }
    bool frames(QWidget* part) {
        auto* frame = find<QWidget>("tourFrame");
        return eventually([&] { return frame->isVisible() && frame->geometry() == place(part); });
    }

  private:
    QByteArray m_home;
};

TEST_F(TourTest, ShowsEachPartWhileTheToyIsConverted) {
    ASSERT_TRUE(find_toy()) << "packaging/test.sh makes the toy model";
    openWindow({});
    auto* card = find<QCommandLinkButton>("welcomeTour");
    ASSERT_TRUE(card->isVisible());
    QTest::mouseClick(card, Qt::LeftButton);
    ASSERT_TRUE(tour()->isVisible());
    EXPECT_FALSE(find<QWidget>("welcome")->isVisible());
    ASSERT_TRUE(eventually([&] { return m_window->controller().busy(); })) << banner();

    QWidget* const parts[] = {find<QDockWidget>("modelDock"),
                              &m_window->tabs(),
                              &m_window->tabs(),
                              find<QWidget>("timeToolbar"),
                              find<QDockWidget>("curvesDock"),
                              find<QDockWidget>("recipeDock")};
    const int count = static_cast<int>(std::size(parts));
    QStringList said;
    for (int step = 0; step < count; ++step) {
        EXPECT_EQ(tour()->step(), step);
        EXPECT_TRUE(frames(parts[step])) << step;
        EXPECT_TRUE(m_window->rect().contains(tour()->geometry())) << step;
        EXPECT_FALSE(parts[step]->visibleRegion().isEmpty()) << step << " is at the front";
        said << find<QLabel>("tourText")->text();
        EXPECT_GT(said.back().size(), 40);
        EXPECT_EQ(tour()->accessibleDescription(), said.back());
        if (step == 1) {
            EXPECT_EQ(m_window->tabs().currentIndex(), 0);
            // The outline is drawn in the highlight colour.
            const auto pixel =
                m_window->grab().toImage().pixelColor(place(parts[step]).bottomLeft() + QPoint(1, -20));
            EXPECT_EQ(pixel, m_window->palette().color(QPalette::Highlight));
        }
        if (step == 2) {
            EXPECT_EQ(m_window->tabs().currentIndex(), 1);
        }
        step % 2 ? key(Qt::Key_Right) : press("tourNext");
    }
    EXPECT_EQ(said.removeDuplicates(), 0);
    EXPECT_FALSE(tour()->isVisible()) << "after the last it is done";
    EXPECT_FALSE(find<QWidget>("tourFrame")->isVisible());
    ASSERT_TRUE(eventually([&] { return state() == "Finished"; })) << "the run went on: " << banner();
    m_window.reset();

    openWindow({});
    EXPECT_TRUE(find<QWidget>("welcome")->isVisible());
    EXPECT_FALSE(find<QWidget>("welcomeTour")->isVisible()) << "it was seen";
}

TEST_F(TourTest, GoesBackAndClosesByKeysAndLeavesWhatIsOpenAlone) {
    openWindow(toyOptions());
    ASSERT_TRUE(eventually([&] { return enabled("convert"); })) << banner();
    QTest::keyClick(m_window.get(), Qt::Key_T, Qt::ControlModifier | Qt::ShiftModifier);
    ASSERT_TRUE(tour()->isVisible());
    EXPECT_FALSE(find<QPushButton>("tourBack")->isEnabled());
    key(Qt::Key_Return);
    key(Qt::Key_Space);
    EXPECT_EQ(tour()->step(), 2);
    key(Qt::Key_Left);
    EXPECT_EQ(tour()->step(), 1);
    press("tourBack");
    EXPECT_EQ(tour()->step(), 0);
    m_window->resize(1200, 800);
    EXPECT_TRUE(frames(find<QDockWidget>("modelDock"))) << "follows the window";

    // It is no dialog: a run is started beside it, with its own button.
    click("convert");
    EXPECT_TRUE(m_window->controller().busy());
    EXPECT_TRUE(tour()->isVisible());
    press("tourNext");
    key(Qt::Key_Escape);
    EXPECT_FALSE(tour()->isVisible());
    EXPECT_TRUE(QSettings().value("tourSeen").toBool());
    click("stop");
    ASSERT_TRUE(eventually([&] { return !m_window->controller().busy(); }));

    QTest::keyClick(m_window.get(), Qt::Key_T, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(tour()->step(), 0) << "from the start again";
    press("tourClose");
    EXPECT_FALSE(tour()->isVisible());
}

TEST(CardPlace, IsBesideThePartWhereThereIsRoom) {
    const QRect window(0, 0, 1000, 800);
    const QSize card(200, 100);
    for (const QRect part : {QRect(0, 100, 300, 700), QRect(700, 0, 300, 800), QRect(0, 0, 1000, 60),
                             QRect(300, 600, 400, 200), QRect(0, 740, 1000, 60)}) {
        const QRect placed(card_place(part, card, window), card);
        EXPECT_TRUE(window.contains(placed)) << part.x() << " " << part.y();
        EXPECT_FALSE(placed.intersects(part)) << part.x() << " " << part.y();
    }
    EXPECT_TRUE(window.contains(QRect(card_place(window, card, window), card)))
        << "over it, where there is none";
}

}  // namespace
}  // namespace dotmoe::studio
