// A person exports a conversion: chooses format and numbers, watches, and reads what the receipt says.
#include <QComboBox>
#include <QDialog>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>

#include "export/verify.h"
#include "studio_driver.h"

namespace dotmoe::studio {
namespace {

namespace fs = std::filesystem;

class ExportTest : public StudioDriver {
  protected:
    void openConversion() {
        m_conversion = convertToy();
        openWindow({});
        EXPECT_FALSE(enabled("exportModel")) << "there is nothing to export";
        m_window->openFile(QString::fromStdString(m_conversion.string()));
        ASSERT_TRUE(eventually([&] { return enabled("exportModel"); })) << banner();
    }
    void openDialog() {
        QApplication::setActiveWindow(m_window.get());
        QTest::keyClick(m_window.get(), Qt::Key_X, Qt::ControlModifier | Qt::ShiftModifier);
        ASSERT_TRUE(QTest::qWaitForWindowExposed(dialog()));
        EXPECT_FALSE(dialog()->isModal());
    }
    void press(const char* text) {
        for (auto* button : dialog()->findChildren<QPushButton*>())
            if (button->text().remove(u'&') == text) return QTest::mouseClick(button, Qt::LeftButton);
        FAIL() << "no button " << text;
    }
    QDialog* dialog() { return find<QDialog>("exportDialog"); }
    QString problem() { return find<QLabel>("exportProblem")->text(); }
    QLineEdit* out() { return find<QWidget>("exportOut")->findChild<QLineEdit*>(); }

    fs::path m_conversion;
};

TEST_F(ExportTest, WritesAFileThatItsReceiptVouchesFor) {
    ASSERT_NO_FATAL_FAILURE(openConversion());
    ASSERT_NO_FATAL_FAILURE(openDialog());
    auto* format = find<QComboBox>("exportFormat");
    EXPECT_EQ(find<QComboBox>("exportNumbers")->findText("Q8_0"), -1) << "safetensors have no blocks";
    format->setFocus();
    QTest::keyClick(format, Qt::Key_Down);
    auto* numbers = find<QComboBox>("exportNumbers");
    numbers->setFocus();
    QTest::keyClicks(numbers, "F16");
    const auto file = fs::path(m_conversion.string() + "-f16.gguf");
    EXPECT_EQ(out()->text().toStdString(), file.string());
    EXPECT_TRUE(problem().isEmpty());
    press("Export");
    EXPECT_FALSE(find<QPushButton>("exportButton")->isEnabled());
    ASSERT_TRUE(eventually([&] { return banner().starts_with("Exported to"); })) << banner();
    EXPECT_FALSE(dialog()->isVisible());
    EXPECT_NE(banner().find("Its receipt passed"), std::string::npos) << banner();
    EXPECT_TRUE(verify_export(file, m_conversion).passed);

    ASSERT_NO_FATAL_FAILURE(openDialog());
    EXPECT_EQ(problem(), "This file is there already.");
    EXPECT_FALSE(find<QPushButton>("exportButton")->isEnabled());
}

TEST_F(ExportTest, WhatGoesWrongIsSaidAndNothingIsLeft) {
    ASSERT_NO_FATAL_FAILURE(openConversion());
    ASSERT_NO_FATAL_FAILURE(openDialog());
    out()->selectAll();
    QTest::keyClicks(out(), "/proc/nowhere/export");
    press("Export");
    ASSERT_TRUE(eventually([&] { return banner().starts_with("Not exported: "); })) << banner();
    EXPECT_NE(banner().find("/proc/nowhere"), std::string::npos) << banner();
    EXPECT_TRUE(dialog()->isVisible()) << "to mend it";

    const auto folder = fs::path(m_folder.path().toStdString()) / "stopped";
    out()->selectAll();
    QTest::keyClicks(out(), QString::fromStdString(folder.string()));
    press("Export");
    press("Stop");
    EXPECT_TRUE(find<QPushButton>("exportButton")->isEnabled());
    m_window.reset();  // waits for the worker
    EXPECT_FALSE(fs::exists(folder));
}

}  // namespace
}  // namespace dotmoe::studio
