// The window: panels around one conversion, and the wires between them.
#pragma once

#include <QMainWindow>
#include <QUndoGroup>

#include "app/studio/actions.h"
#include "app/studio/commands.h"
#include "app/studio/event_bridge.h"
#include "app/studio/exporter.h"
#include "app/studio/file_opener.h"
#include "app/studio/live_state.h"
#include "app/studio/options.h"
#include "app/studio/pins.h"
#include "app/studio/run_controller.h"
#include "app/studio/shown_state.h"
#include "app/studio/timeline.h"
#include "app/studio/ui_scale.h"
#include "app/studio/view_saver.h"
#include "events/alerts.h"

class QComboBox;
class QMessageBox;
class QTabWidget;

namespace dotmoe {
class Curves;
struct RunRecord;
}  // namespace dotmoe

namespace dotmoe::studio {

class Banner;
class CommandPalette;
class ComparePanel;
class ExportDialog;
class ExpertsPanel;
class LogPanel;
class MigrationPanel;
class ModelPanel;
class RecentFiles;
class RecipePanel;
class RoutingPanel;
class RunsPanel;
class ShortcutsDialog;
class SidePanel;
class StatusStrip;
class Tour;
class TransportPanel;
class WelcomePanel;
struct TourStep;

class MainWindow : public QMainWindow {
    Q_OBJECT

  public:
    explicit MainWindow(const Options& options);
    ~MainWindow() override;

    /// A model, a recording, a conversion, or what was found out about several.
    void openFile(const QString& path);
    RunController& controller() { return m_controller; }
    EventBridge& bridge() { return m_bridge; }
    Timeline& timeline() { return m_timeline; }
    QTabWidget& tabs() { return *m_tabs; }
    UiScale& scale() { return m_scale; }

  signals:
    void fileRefused(const QString& reason);
    void recordingShown();
    void conversionShown();

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
    void wireTime();
    void wireCompare();
    void wireExport();
    void wireRuns();
    void wireWelcome();
    void wireHelp();
    void wireTour();
    void wireAlerts();
    void applyOptions(const Options& options);
    /// The conversion during which an earlier window was closed or died, as it stood.
    void takeUp(const ConvertRequest& request);

    void chooseFile();
    void showModel(const ModelSummary& model);
    void showRecording(const std::shared_ptr<Recording>& recording);
    void showConversion(const std::filesystem::path& folder, const std::shared_ptr<Recording>& recording);
    /// As the window stood when that run ended in it; unless another model is open.
    void reopen(const std::shared_ptr<Recording>& recording);
    void refuseFile(const QString& path, const QString& reason);
    void followRecording();
    /// Its curves and log.
    void showFigures(const std::shared_ptr<Recording>& recording);
    void chooseWhereToSave();
    void saveRecording(const QString& path);
    void convert(bool fromTheBeginning);
    void showState(RunState state);
    void updateActions();
    void showFinished(const Finished& event);
    /// To try and to export: one that was finished or opened.
    void setConversion(const std::filesystem::path& folder);
    /// A new conversion from this one: its recipe in the form, its model open.
    void fork(const RunRecord& run);
    void fillForkIn(const RunRecord& run);
    void askBeforeClosing();
    void leaveWelcome();
    void watchToy();
    std::vector<TourStep> tourSteps();
    /// Of what is open; of the toy where nothing is.
    void startTour();
    /// To look at each layer; no menu has them.
    std::vector<Command> layerCommands();
    void alert(const std::optional<Alert>& alert);
    void saveSettings() const;

    UiScale m_scale;  // first: all are made in this size
    Pins m_pins;
    QUndoGroup m_history;  ///< of the tab in front
    Actions m_actions;
    RecentFiles* m_recent;
    Banner* m_banner;
    WelcomePanel* m_welcome;
    QTabWidget* m_tabs;
    QComboBox* m_presets;
    StatusStrip* m_strip;
    ModelPanel* m_model;
    RecipePanel* m_recipe;
    TransportPanel* m_transport;
    RoutingPanel* m_routing;
    ExpertsPanel* m_experts;
    MigrationPanel* m_migration;
    ComparePanel* m_compare;
    SidePanel* m_side;
    Curves* m_curves;
    LogPanel* m_log;
    RunsPanel* m_runs;
    ExportDialog* m_export;
    CommandPalette* m_palette;
    ShortcutsDialog* m_shortcuts;
    Tour* m_tour;
    std::vector<QAction*> m_layerActions;
    QMessageBox* m_closing = nullptr;  ///< the question while it is open
    bool m_closeWhenIdle = false;
    QByteArray m_firstLayout;

    FileOpener m_opener;
    LatestJob m_saving, m_reading;
    Exporter m_exporter;
    AlertRules m_alerts;
    QTimer m_memoryClock;
    ViewSaver m_views{*this};
    Timeline m_timeline;
    EventBridge m_bridge;  // destroyed before the panels: nothing arrives at a panel that is gone
    LiveState m_live{m_bridge};
    ShownState m_shown{m_live, m_timeline};
    RunController m_controller{m_bridge};
};

}  // namespace dotmoe::studio
