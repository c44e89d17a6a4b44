// The window: panels around one conversion, and the wires between them.
#pragma once

#include <QMainWindow>

#include "app/studio/actions.h"
#include "app/studio/event_bridge.h"
#include "app/studio/live_state.h"
#include "app/studio/model_opener.h"
#include "app/studio/options.h"
#include "app/studio/run_controller.h"

class QComboBox;
class QMessageBox;
class QTabWidget;

namespace dotmoe {
class Curves;
}

namespace dotmoe::studio {

class Banner;
class ExpertsPanel;
class LogPanel;
class ModelPanel;
class RecentFiles;
class RecipePanel;
class RoutingPanel;
class StatusStrip;
class TransportPanel;

class MainWindow : public QMainWindow {
    Q_OBJECT

  public:
    explicit MainWindow(const Options& options);
    ~MainWindow() override;

    void openModel(const QString& path);
    RunController& controller() { return m_controller; }
    EventBridge& bridge() { return m_bridge; }
    QTabWidget& tabs() { return *m_tabs; }

  signals:
    void modelRefused(const QString& reason);

  protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

  private:
    void buildToolbar();
    void buildCentre();
    void buildDocks();
    QDockWidget* addDock(Qt::DockWidgetArea area, const char* name, const QString& title, QWidget* panel,
                         const QKeySequence& shortcut);
    void wireActions();
    void wireRun();
    void wireViews();
    void applyOptions(const Options& options);

    void chooseModel();
    void showModel(const ModelSummary& model);
    void refuseModel(const QString& path, const QString& reason);
    void convert(bool fromTheBeginning);
    void showState(RunState state);
    void updateActions();
    void showFinished(const Finished& event);
    void askBeforeClosing();
    void saveSettings() const;

    Actions m_actions;
    RecentFiles* m_recent;
    Banner* m_banner;
    QTabWidget* m_tabs;
    QComboBox* m_presets;
    StatusStrip* m_strip;
    ModelPanel* m_model;
    RecipePanel* m_recipe;
    TransportPanel* m_transport;
    RoutingPanel* m_routing;
    ExpertsPanel* m_experts;
    Curves* m_curves;
    LogPanel* m_log;
    QMessageBox* m_closing = nullptr;  ///< the question while it is open
    bool m_closeWhenIdle = false;
    QByteArray m_firstLayout;

    ModelOpener m_opener;
    EventBridge m_bridge;  // destroyed before the panels: nothing arrives at a panel that is gone
    LiveState m_live{m_bridge};
    RunController m_controller{m_bridge};
};

}  // namespace dotmoe::studio
