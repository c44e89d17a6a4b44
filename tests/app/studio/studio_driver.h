// Drives a real window as a person would: clicks on what can be seen, keys, waiting.
#pragma once

#include <gtest/gtest.h>

#include <QTemporaryDir>
#include <QTest>
#include <filesystem>
#include <memory>

#include "app/studio/main_window.h"

namespace dotmoe::studio {

class StudioDriver : public ::testing::Test {
  protected:
    static constexpr int patience = 120'000;  ///< ms; the machine may be busy

    /// A window with the toy's text and output set by arguments, shown.
    void openWindow(const Options& options);
    Options toyOptions() const;
    static std::filesystem::path toyModel();
    /// The toy converted to a folder of that name.
    ConvertRequest toyRequest(const char* name, int steps) const;
    /// Converts the toy in two global steps without a window; the folder.
    std::filesystem::path convertToy() const;
    /// In 20, recorded to this file.
    void recordToy(const std::filesystem::path& path, std::uint64_t seed = 0) const;

    /// A window that replays DOTMOE_REPLAY, or a recording of the toy.
    void openReplay();

    /// Drops a file or folder on the window.
    void drop(const std::filesystem::path& path);
    template <typename T>
    T* find(const char* name) {
        auto* found = m_window->findChild<T*>(name);
        EXPECT_NE(found, nullptr) << name;
        return found;
    }
    /// Clicks the toolbar button of an action with the mouse.
    void click(const char* action);
    /// Clicks a tool button by its accessible name.
    void clickButton(const char* name);
    void clickLayer(int layer);
    void showTab(int tab);
    /// By the key of the first tab: without a model the window shows where to begin.
    void leaveWelcome() { QTest::keyClick(m_window.get(), Qt::Key_1, Qt::ControlModifier); }
    bool enabled(const char* action) { return find<QAction>(action)->isEnabled(); }
    std::string actionText(const char* action);
    std::string state();
    std::string banner();
    std::string badge(int layer);
    /// Waits until it holds, with the window alive meanwhile.
    template <typename Condition>
    bool eventually(Condition condition) {
        return QTest::qWaitFor(condition, patience);
    }

    QTemporaryDir m_folder;
    std::unique_ptr<MainWindow> m_window;
};

}  // namespace dotmoe::studio
