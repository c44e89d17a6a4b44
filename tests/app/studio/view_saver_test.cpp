// A person saves what they see: by the menu of the view under the mouse, or by the key for the one used last.
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>

#include "studio_driver.h"

namespace dotmoe::studio {
namespace {

class ViewSaverTest : public StudioDriver {
  protected:
    QString path(const char* name) const { return m_folder.filePath(QString::fromLatin1(name)); }
    void openMenuOf(QWidget* view) {
        QContextMenuEvent event(QContextMenuEvent::Mouse, view->rect().center(),
                                view->mapToGlobal(view->rect().center()));
        QApplication::sendEvent(view, &event);
        ASSERT_NE(QApplication::activePopupWidget(), nullptr);
    }
    void choose(const QString& text) {
        auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
        ASSERT_NE(menu, nullptr);
        for (auto* action : menu->actions())
            if (action->text() == text)
                return QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center());
        FAIL() << "no entry " << text.toStdString();
    }
    /// Types the name into the dialog that is open and presses Save.
    void saveAs(const QString& name) {
        QFileDialog* dialog = nullptr;
        ASSERT_TRUE(eventually(
            [&] { return (dialog = m_window->findChild<QFileDialog*>("saveViewDialog")) != nullptr; }));
        auto* edit = dialog->findChild<QLineEdit*>("fileNameEdit");
        m_suggested = edit->text();
        m_title = dialog->windowTitle();
        edit->setText(name);
        QTest::mouseClick(dialog->findChild<QDialogButtonBox*>()->button(QDialogButtonBox::Save),
                          Qt::LeftButton);
        ASSERT_TRUE(
            eventually([&] { return m_window->findChild<QFileDialog*>("saveViewDialog") == nullptr; }));
    }

    QString m_suggested, m_title;
};

TEST_F(ViewSaverTest, EveryViewHasAMenuThatSavesIt) {
    openWindow({});
    leaveWelcome();
    const std::vector<std::pair<int, const char*>> views{
        {0, "heatmap"}, {0, "sinkhorn"}, {0, "curves"},    {1, "tokens"},    {1, "routingMap"},
        {2, "loads"},   {5, "leftPlan"}, {5, "rightPlan"}, {5, "leftLoads"}, {5, "rightLoads"}};
    QStringList suggestions;
    for (const auto& [tab, name] : views) {
        showTab(tab);
        auto* view = find<QWidget>(name);
        for (const QString suffix : {"PNG", "SVG", "CSV"}) {
            openMenuOf(view);
            ASSERT_NO_FATAL_FAILURE(choose(QStringLiteral("Save as %1 …").arg(suffix)));
            const auto stem = path(name);
            ASSERT_NO_FATAL_FAILURE(saveAs(stem));
            EXPECT_TRUE(m_title.contains(view->accessibleName()));
            suggestions << m_suggested;
            const auto written = stem + u'.' + suffix.toLower();
            EXPECT_TRUE(QFile::exists(written)) << written.toStdString() << ": " << banner();
            EXPECT_NE(banner().find(written.toStdString()), std::string::npos) << banner();
        }
        EXPECT_GT(QImage(path(name) + ".png").width(), view->width());
    }
    EXPECT_EQ(suggestions.removeDuplicates(), 2 * views.size()) << "a name for each view";
}

TEST_F(ViewSaverTest, TheKeySavesTheViewUsedLast) {
    openWindow({});
    leaveWelcome();
    QTest::keyClick(m_window.get(), Qt::Key_E, Qt::ControlModifier);
    ASSERT_NO_FATAL_FAILURE(saveAs(path("largest.png")));
    EXPECT_EQ(m_suggested, "transport-plan");
    auto* curves = find<QWidget>("curves");
    QTest::mouseClick(curves->childAt(curves->width() / 3, curves->height() / 2), Qt::LeftButton);
    QTest::keyClick(m_window.get(), Qt::Key_E, Qt::ControlModifier);
    ASSERT_NO_FATAL_FAILURE(saveAs(path("curves.svg")));
    EXPECT_EQ(m_suggested, "training-curves");
    EXPECT_TRUE(QFile::exists(path("curves.svg"))) << "a suffix that is typed decides";

    QTest::keyClick(m_window.get(), Qt::Key_E, Qt::ControlModifier);
    ASSERT_NO_FATAL_FAILURE(saveAs(path("curves.gif")));
    EXPECT_NE(banner().find("no such format"), std::string::npos) << banner();
    EXPECT_FALSE(QFile::exists(path("curves.gif")));
}

}  // namespace
}  // namespace dotmoe::studio
