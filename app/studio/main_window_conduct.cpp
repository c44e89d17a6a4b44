// How the window helps: where to begin, all commands at hand, sizes, alerts.
#include <QDockWidget>
#include <QTabWidget>

#include "app/studio/main_window.h"
#include "app/studio/panels/banner.h"
#include "app/studio/panels/command_palette.h"
#include "app/studio/panels/log_panel.h"
#include "app/studio/panels/model_panel.h"
#include "app/studio/panels/recipe_panel.h"
#include "app/studio/panels/shortcuts_dialog.h"
#include "app/studio/panels/welcome_panel.h"
#include "app/studio/recent_files.h"
#include "app/studio/toy.h"

namespace dotmoe::studio {

void MainWindow::wireWelcome() {
    connect(m_welcome, &WelcomePanel::toyWanted, this, &MainWindow::watchToy);
    connect(m_welcome, &WelcomePanel::modelWanted, m_actions.open, &QAction::trigger);
    connect(m_welcome, &WelcomePanel::folderWanted, m_actions.openFolder, &QAction::trigger);
    connect(m_welcome, &WelcomePanel::recentWanted, this, &MainWindow::openFile);
    connect(m_recent, &RecentFiles::changed, m_welcome, &WelcomePanel::setRecent);
    m_welcome->setRecent(m_recent->paths());
    // Whatever is opened, or asked for, is in the tabs.
    connect(&m_opener, &FileOpener::modelOpened, this, &MainWindow::leaveWelcome);
    connect(&m_opener, &FileOpener::recordingOpened, this, &MainWindow::leaveWelcome);
    connect(&m_opener, &FileOpener::conversionOpened, this, &MainWindow::leaveWelcome);
    connect(&m_opener, &FileOpener::baselinesOpened, this, &MainWindow::leaveWelcome);
    connect(&m_opener, &FileOpener::sweepOpened, this, &MainWindow::leaveWelcome);
}

void MainWindow::leaveWelcome() {
    m_welcome->hide();
    m_tabs->show();
}

void MainWindow::watchToy() {
    const auto toy = find_toy();
    if (!toy) return;
    m_recipe->setPreset(QStringLiteral("toy"));
    m_recipe->setTextPaths({QString::fromStdString(toy->text.string())});
    const auto path = QString::fromStdString(toy->model.string());
    openFile(path);
    connect(
        &m_opener, &FileOpener::modelOpened, this,
        [this, toy](const ModelSummary& model) {
            if (model.path == toy->model && m_actions.convert->isEnabled()) m_actions.convert->trigger();
        },
        Qt::SingleShotConnection);
}

void MainWindow::wireHelp() {
    m_palette = new CommandPalette(*this);
    m_shortcuts = new ShortcutsDialog(*this);
    connect(m_actions.palette, &QAction::triggered, this, [this] { m_palette->open(layerCommands()); });
    connect(m_actions.shortcuts, &QAction::triggered, m_shortcuts, &ShortcutsDialog::showShortcuts);
    connect(m_actions.larger, &QAction::triggered, this, [this] { m_scale.zoom(1); });
    connect(m_actions.smaller, &QAction::triggered, this, [this] { m_scale.zoom(-1); });
    connect(m_actions.usualSize, &QAction::triggered, this, [this] { m_scale.set(100); });
    connect(&m_scale, &UiScale::changed, this, [this](int percent, int before) {
        // What was wide enough for its text is so again.
        for (auto* dock : findChildren<QDockWidget*>()) {
            const bool below = dockWidgetArea(dock) == Qt::BottomDockWidgetArea;
            const int size = below ? dock->height() : dock->width();
            resizeDocks({dock}, {size * percent / before}, below ? Qt::Vertical : Qt::Horizontal);
        }
    });
}

std::vector<Command> MainWindow::layerCommands() {
    qDeleteAll(m_layerActions);
    m_layerActions.clear();
    std::vector<Command> commands;
    for (int layer = 0; layer < m_model->layers().rowCount(); ++layer) {
        auto* action = m_layerActions.emplace_back(new QAction(tr("Layer %1").arg(layer), this));
        connect(action, &QAction::triggered, this, [this, layer] {
            m_actions.follow->setChecked(false);
            m_model->selectLayer(layer);
        });
        commands.push_back({action->text(), tr("Model"), action});
    }
    return commands;
}

void MainWindow::wireAlerts() {
    const auto heed = [this](const auto& event) { alert(m_alerts.hear(event)); };
    connect(&m_bridge, &EventBridge::started, this, heed);
    connect(&m_bridge, &EventBridge::layerChanged, this, heed);
    connect(&m_bridge, &EventBridge::loadTaken, this, heed);
    connect(&m_bridge, &EventBridge::stepped, this, heed);
    connect(&m_memoryClock, &QTimer::timeout, this, [this] {
        if (m_controller.busy()) alert(m_alerts.hear(machine_memory()));
    });
    m_memoryClock.start(5000);
}

void MainWindow::alert(const std::optional<Alert>& alert) {
    if (!alert) return;
    const auto text = QString::fromStdString(alert->text);
    m_banner->show(Banner::Kind::warning, text);
    m_log->add(LogLevel::warning, text);
}

}  // namespace dotmoe::studio
