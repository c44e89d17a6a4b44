#include "app/studio/main_window.h"

#include <QComboBox>
#include <QDockWidget>
#include <QLabel>
#include <QSettings>
#include <QTabWidget>
#include <QToolBar>
#include <QVBoxLayout>

#include "app/studio/panels/banner.h"
#include "app/studio/panels/compare_panel.h"
#include "app/studio/panels/experts_panel.h"
#include "app/studio/panels/log_panel.h"
#include "app/studio/panels/migration_panel.h"
#include "app/studio/panels/model_panel.h"
#include "app/studio/panels/recipe_panel.h"
#include "app/studio/panels/routing_panel.h"
#include "app/studio/panels/runs_panel.h"
#include "app/studio/panels/side_panel.h"
#include "app/studio/panels/status_strip.h"
#include "app/studio/panels/time_bar.h"
#include "app/studio/panels/transport_panel.h"
#include "app/studio/panels/vertical_scroll.h"
#include "app/studio/panels/welcome_panel.h"
#include "app/studio/recent_files.h"
#include "app/studio/toy.h"
#include "widgets/curves.h"

namespace dotmoe::studio {

MainWindow::MainWindow(const Options& options)
    : m_actions(*this, m_history), m_recent(new RecentFiles(m_actions.recent)) {
    setWindowTitle(tr("DOT-MoE Studio"));
    setAcceptDrops(true);
    setDockOptions(AnimatedDocks | AllowTabbedDocks);
    resize(1440, 900);
    buildCentre();
    buildDocks();
    buildToolbar();
    m_views.adopt();
    wireActions();
    wireRun();
    wireViews();
    wireTime();
    wireCompare();
    wireExport();
    wireRuns();
    wireWelcome();
    wireHelp();
    wireTour();
    wireAlerts();
    m_firstLayout = saveState();
    applyOptions(options);
    showState(RunState::idle);
}

MainWindow::~MainWindow() = default;

void MainWindow::buildToolbar() {
    auto* bar = addToolBar(tr("Toolbar"));
    bar->setObjectName("toolbar");
    bar->setMovable(false);
    bar->setToolButtonStyle(Qt::ToolButtonTextOnly);
    bar->toggleViewAction()->setVisible(false);
    m_presets = new QComboBox;
    m_presets->setObjectName("preset");
    m_presets->setAccessibleName(tr("Preset"));
    m_presets->setToolTip(tr("Recipe that the form starts from"));
    for (const auto& name : preset_names()) m_presets->addItem(QString::fromStdString(name));
    bar->addAction(m_actions.open);
    bar->addWidget(m_presets);
    bar->addSeparator();
    bar->addActions({m_actions.convert, m_actions.pause, m_actions.stop});
    bar->addSeparator();
    bar->addAction(m_actions.exportModel);
    auto* gap = new QWidget;
    gap->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    bar->addWidget(gap);
    m_strip = new StatusStrip;
    bar->addWidget(m_strip);
    for (auto* action :
         {m_actions.open, m_actions.convert, m_actions.pause, m_actions.stop, m_actions.exportModel})
        bar->widgetForAction(action)->setFocusPolicy(Qt::StrongFocus);

    addToolBarBreak();
    auto* time = addToolBar(tr("Time"));
    time->setObjectName("timeToolbar");
    time->setMovable(false);
    time->toggleViewAction()->setVisible(false);
    time->addWidget(new TimeBar(m_timeline, m_actions));
}

void MainWindow::buildCentre() {
    m_banner = new Banner;
    m_welcome = new WelcomePanel(find_toy().has_value());
    m_tabs = new QTabWidget;
    m_tabs->setObjectName("tabs");
    m_tabs->setDocumentMode(true);
    m_transport = new TransportPanel;
    const auto models = std::make_shared<OpenedModels>();
    m_routing = new RoutingPanel(m_actions, models);
    m_experts = new ExpertsPanel(models);
    m_migration = new MigrationPanel(m_timeline, m_actions.mark, m_actions.unmark);
    m_tabs->addTab(m_transport, tr("Transport"));
    m_tabs->addTab(m_routing, tr("Routing"));
    m_tabs->addTab(m_experts, tr("Experts"));
    m_tabs->addTab(m_migration, tr("Migration"));
    m_compare = new ComparePanel(m_actions, models);
    m_tabs->addTab(m_compare, tr("Compare"));
    m_side = new SidePanel(m_timeline, m_transport->modes());
    m_tabs->addTab(m_side, tr("Side by side"));
    auto* centre = new QWidget;
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(m_banner);
    column->addWidget(m_welcome, 1);
    column->addWidget(m_tabs, 1);
    setCentralWidget(centre);

    auto& pins = m_pins.history();
    auto& forcings = m_routing->forcings().history();
    for (auto* stack : {&pins, &forcings}) m_history.addStack(stack);
    m_history.setActiveStack(&pins);
    connect(m_tabs, &QTabWidget::currentChanged, &m_history, [this, &pins, &forcings] {
        m_history.setActiveStack(m_tabs->currentWidget() == m_routing ? &forcings : &pins);
    });
    for (int tab = 0; tab < m_tabs->count(); ++tab) {
        auto* show = m_actions.view->addAction(tr("Show %1").arg(m_tabs->tabText(tab)));
        show->setShortcut(tr("Ctrl+%1").arg(tab + 1));
        connect(show, &QAction::triggered, m_tabs, [this, tab] {
            leaveWelcome();
            m_tabs->setCurrentIndex(tab);
        });
    }
    m_actions.view->addSeparator();
    int mode = 0;
    for (auto* action : m_transport->modes()) {
        action->setShortcut(tr("Alt+%1").arg(++mode));
        m_actions.view->addAction(action);
    }
    m_transport->solveAgain()->setShortcut(tr("Alt+A"));
    m_actions.view->addAction(m_transport->solveAgain());
    m_side->rowsAsLeft()->setShortcut(tr("Alt+L"));
    m_actions.view->addAction(m_side->rowsAsLeft());
    m_actions.view->addSeparator();
}

void MainWindow::buildDocks() {
    m_model = new ModelPanel;
    m_recipe = new RecipePanel(m_actions.measure);
    m_curves = new Curves;
    m_log = new LogPanel;
    m_runs = new RunsPanel(m_actions.fork);
    m_curves->setObjectName("curves");
    auto* model = addDock(Qt::LeftDockWidgetArea, "modelDock", tr("Model"), m_model, tr("Ctrl+Shift+M"));
    auto* recipe = addDock(Qt::RightDockWidgetArea, "recipeDock", tr("Recipe"), new VerticalScroll(m_recipe),
                           tr("Ctrl+Shift+R"));
    auto* curves =
        addDock(Qt::BottomDockWidgetArea, "curvesDock", tr("Curves"), m_curves, tr("Ctrl+Shift+U"));
    auto* log = addDock(Qt::BottomDockWidgetArea, "logDock", tr("Log"), m_log, tr("Ctrl+Shift+L"));
    auto* runs = addDock(Qt::BottomDockWidgetArea, "runsDock", tr("Runs"), m_runs, tr("Ctrl+Shift+H"));
    tabifyDockWidget(curves, log);
    tabifyDockWidget(log, runs);
    curves->raise();
    setCorner(Qt::BottomLeftCorner, Qt::LeftDockWidgetArea);
    setCorner(Qt::BottomRightCorner, Qt::RightDockWidgetArea);
    const int percent = m_scale.percent();
    resizeDocks({model, recipe}, {290 * percent / 100, 300 * percent / 100}, Qt::Horizontal);
    resizeDocks({curves}, {250 * percent / 100}, Qt::Vertical);
}

QDockWidget* MainWindow::addDock(Qt::DockWidgetArea area, const char* name, const QString& title,
                                 QWidget* panel, const QKeySequence& shortcut) {
    auto* dock = new QDockWidget(title, this);
    dock->setObjectName(name);
    dock->setWidget(panel);
    addDockWidget(area, dock);
    dock->toggleViewAction()->setShortcut(shortcut);
    m_actions.view->addAction(dock->toggleViewAction());
    return dock;
}

void MainWindow::applyOptions(const Options& options) {
    const QSettings settings;
    const auto presets = preset_names();
    const auto remembered = settings.value("preset", "quick").toString();
    const bool known = std::find(presets.begin(), presets.end(), remembered.toStdString()) != presets.end();
    m_recipe->setPreset(options.preset ? QString::fromStdString(*options.preset)
                        : known        ? remembered
                                       : QStringLiteral("quick"));
    QStringList texts = settings.value("texts").toStringList();
    if (!options.text.empty()) texts.clear();
    for (const auto& path : options.text) texts << QString::fromStdString(path.string());
    m_recipe->setTextPaths(texts);
    if (options.out) m_recipe->setOut(QString::fromStdString(options.out->string()));
    m_tabs->setVisible(options.model.has_value());
    m_welcome->setVisible(!options.model);
    const auto unfinished = m_controller.takeUp();
    if (options.model) openFile(QString::fromStdString(options.model->string()));
    if (options.screenshots) return;  // pictures always show the first layout
    if (unfinished && !options.model) takeUp(*unfinished);
    restoreGeometry(settings.value("geometry").toByteArray());
    restoreState(settings.value("layout").toByteArray());
}

void MainWindow::saveSettings() const {
    QSettings settings;
    settings.setValue("geometry", saveGeometry());
    settings.setValue("layout", saveState());
    const auto toy = find_toy();
    if (toy && m_recipe->textPaths() == QStringList(QString::fromStdString(toy->text.string())))
        return;  // neither its text nor its preset was chosen
    settings.setValue("preset", m_recipe->preset());
    settings.setValue("texts", m_recipe->textPaths());
}

}  // namespace dotmoe::studio
