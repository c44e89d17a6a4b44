// The tour: what each part of the window shows, on the toy where nothing else is open.
#include <QDockWidget>
#include <QSettings>
#include <QTabWidget>
#include <QToolBar>

#include "app/studio/main_window.h"
#include "app/studio/panels/recipe_panel.h"
#include "app/studio/panels/routing_panel.h"
#include "app/studio/panels/tour.h"
#include "app/studio/panels/transport_panel.h"
#include "app/studio/panels/welcome_panel.h"

namespace dotmoe::studio {
namespace {

const auto seen_key = QStringLiteral("tourSeen");

}  // namespace

std::vector<TourStep> MainWindow::tourSteps() {
    const auto dock = [this](const char* name) {
        return [this, name]() -> QWidget* {
            auto* found = findChild<QDockWidget*>(name);
            found->show();
            found->raise();
            return found;
        };
    };
    const auto tab = [this](QWidget* panel) {
        return [this, panel]() -> QWidget* {
            m_tabs->setCurrentWidget(panel);
            return m_tabs;
        };
    };
    return {
        {tr("Layers"),
         tr("Each row is a layer of the model. It goes from dense to done as its neurons are dealt to "
            "experts. Click one: every tab shows that layer."),
         dock("modelDock")},
        {tr("The plan"),
         tr("Which expert owns each neuron: neurons down, experts across, so that each expert is a block. "
            "Below it is how fast the transport meets its sums; drag there to see how the plan came "
            "about."),
         tab(m_transport)},
        {tr("Words and their experts"),
         tr("Each token has the colour of the expert that it is sent to first. Click one for its experts "
            "in all layers, or type a text of your own."),
         tab(m_routing)},
        {tr("Time"),
         tr("Every round and step is kept. Drag back to any of them while the conversion goes on; Live "
            "returns to now."),
         [this]() -> QWidget* { return findChild<QToolBar*>("timeToolbar"); }},
        {tr("Does it go well?"),
         tr("Loss, distance from the dense model and perplexity, step by step. Beside them, under Runs, "
            "is every conversion, to open it or to fork it with a setting changed."),
         dock("curvesDock")},
        {tr("Your own model"),
         tr("Open a model, add text, choose a preset and press Convert (Ctrl+Return). The card below the "
            "form says beforehand what it will take."),
         dock("recipeDock")}};
}

void MainWindow::wireTour() {
    m_tour = new Tour(*this, tourSteps());
    connect(m_actions.tour, &QAction::triggered, this, &MainWindow::startTour);
    connect(m_welcome, &WelcomePanel::tourWanted, m_actions.tour, &QAction::trigger);
    m_welcome->setTourSeen(QSettings().value(seen_key).toBool());
    connect(m_tour, &Tour::ended, this, [this] {
        QSettings().setValue(seen_key, true);
        m_welcome->setTourSeen(true);
    });
}

void MainWindow::startTour() {
    leaveWelcome();
    const bool empty = m_recipe->request().model.empty() && !m_timeline.recording();
    if (empty && !m_controller.busy()) watchToy();
    m_tour->start();
}

}  // namespace dotmoe::studio
