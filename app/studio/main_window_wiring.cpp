// The wires of the window: what the user does becomes calls, what a run tells becomes pictures.
#include <QApplication>
#include <QClipboard>
#include <QCloseEvent>
#include <QComboBox>
#include <QFileDialog>
#include <QMessageBox>
#include <QMimeData>
#include <QPushButton>
#include <QTabWidget>

#include "app/studio/command_line.h"
#include "app/studio/main_window.h"
#include "app/studio/panels/banner.h"
#include "app/studio/panels/dry_run_card.h"
#include "app/studio/panels/experts_panel.h"
#include "app/studio/panels/log_panel.h"
#include "app/studio/panels/migration_panel.h"
#include "app/studio/panels/model_panel.h"
#include "app/studio/panels/recipe_panel.h"
#include "app/studio/panels/routing_panel.h"
#include "app/studio/panels/runs_panel.h"
#include "app/studio/panels/side_panel.h"
#include "app/studio/panels/status_strip.h"
#include "app/studio/panels/transport_panel.h"
#include "app/studio/recent_files.h"
#include "app/studio/run_messages.h"
#include "base/error.h"
#include "base/system.h"
#include "widgets/curves.h"

namespace dotmoe::studio {

void MainWindow::wireActions() {
    connect(m_actions.open, &QAction::triggered, this, &MainWindow::chooseFile);
    connect(m_recent, &RecentFiles::chosen, this, &MainWindow::openFile);
    connect(m_actions.quit, &QAction::triggered, this, &QWidget::close);
    connect(m_actions.convert, &QAction::triggered, this, [this] { convert(false); });
    connect(m_actions.startOver, &QAction::triggered, this, [this] { convert(true); });
    connect(m_actions.pause, &QAction::triggered, this,
            [this] { m_controller.setPaused(m_controller.state() == RunState::running); });
    connect(m_actions.stop, &QAction::triggered, &m_controller, &RunController::stop);
    connect(m_actions.copyCommandLine, &QAction::triggered, this, [this] {
        try {
            QApplication::clipboard()->setText(QString::fromStdString(command_line(m_recipe->request())));
        } catch (const Error& error) {  // what it is forked from is gone
            m_banner->show(Banner::Kind::error, QString::fromUtf8(error.what()));
        }
    });
    connect(m_recipe, &RecipePanel::copyRequested, m_actions.copyCommandLine, &QAction::trigger);
    const auto step_layer = [this](int by) {
        m_actions.follow->setChecked(false);
        m_model->selectLayer(m_shown.layer() + by);
    };
    connect(m_actions.previousLayer, &QAction::triggered, this, [step_layer] { step_layer(-1); });
    connect(m_actions.nextLayer, &QAction::triggered, this, [step_layer] { step_layer(1); });
    connect(m_actions.resetLayout, &QAction::triggered, this, [this] { restoreState(m_firstLayout); });
    connect(m_actions.about, &QAction::triggered, this, [this] {
        m_banner->show(Banner::Kind::info,
                       tr("DOT-MoE Studio %1, GPL-3.0-or-later. Dense language models become mixtures "
                          "of experts by optimal transport (arXiv 2606.01666).")
                           .arg(QString::fromUtf8(version().data(), version().size())));
    });
    connect(m_actions.saveView, &QAction::triggered, &m_views, &ViewSaver::chooseWhereToSave);
    connect(&m_views, &ViewSaver::saved, this,
            [this](const QString& path) { m_banner->show(Banner::Kind::info, tr("Saved: %1").arg(path)); });
    connect(&m_views, &ViewSaver::refused, this,
            [this](const QString& reason) { m_banner->show(Banner::Kind::error, reason); });
    connect(m_presets, &QComboBox::textActivated, m_recipe, &RecipePanel::setPreset);
    connect(m_recipe, &RecipePanel::presetChanged, m_presets, &QComboBox::setCurrentText);
    connect(m_recipe, &RecipePanel::changed, this, &MainWindow::updateActions);
    connect(m_actions.measure, &QAction::triggered, m_recipe, &RecipePanel::toggleMeasuring);
    connect(m_recipe, &RecipePanel::measuringChanged, this, &MainWindow::updateActions);
    connect(m_recipe, &RecipePanel::measuringFailed, this,
            [this](const QString& reason) { m_banner->show(Banner::Kind::error, reason); });
    connect(&m_opener, &FileOpener::modelOpened, this, &MainWindow::showModel);
    connect(&m_opener, &FileOpener::recordingOpened, this, &MainWindow::showRecording);
    connect(&m_opener, &FileOpener::refused, this, &MainWindow::refuseFile);
}

void MainWindow::wireRun() {
    connect(&m_controller, &RunController::stateChanged, this, &MainWindow::showState);
    connect(&m_bridge, &EventBridge::started, this, [this](const Started& event) {
        m_experts->setSharedNeurons(event.shared);
        m_strip->showStarted(event);
        m_log->add(LogLevel::info, started_text(event));
        followRecording();
    });
    connect(&m_bridge, &EventBridge::logged, this,
            [this](const LogLine& event) { m_log->add(event.level, QString::fromStdString(event.text)); });
    connect(&m_bridge, &EventBridge::qualityMeasured, this, [this](const QualitySnapshot& quality) {
        m_curves->append(quality);
        m_log->add(LogLevel::info, quality_text(quality));
    });
    connect(&m_bridge, &EventBridge::stepped, this, [this](const TrainingStep& step) {
        // The curves are those of the whole run, the layers' errors those of the moment shown.
        if (step.stage == Stage::distillation || m_timeline.isLive()) m_curves->append(step);
    });
    connect(&m_live, &LiveState::layerChanged, this, [this](const LayerStatus& status) {
        if (status.state == LayerState::aligning && m_actions.follow->isChecked() && m_timeline.isLive())
            m_model->selectLayer(status.layer);
    });
    connect(&m_bridge, &EventBridge::finished, this, &MainWindow::showFinished);
    connect(&m_bridge, &EventBridge::failed, this, [this](const Failed& event) {
        const auto message = QString::fromStdString(event.message);
        m_strip->showEnd(tr("Failed"));
        m_banner->show(Banner::Kind::error, message);
        m_log->add(LogLevel::warning, message);
    });
    connect(&m_bridge, &EventBridge::stopped, this, [this](const Stopped& event) {
        m_strip->showEnd(tr("Stopped"));
        m_banner->show(Banner::Kind::info, stopped_text(event));
        m_log->add(LogLevel::info, stopped_text(event));
    });
}

void MainWindow::wireViews() {
    connect(m_model, &ModelPanel::layerSelected, &m_shown, &ShownState::selectLayer);
    connect(m_model, &ModelPanel::layerChosen, m_actions.follow,
            [this] { m_actions.follow->setChecked(false); });
    connect(&m_shown, &ShownState::layerSelected, m_routing, &RoutingPanel::setLayer);
    connect(&m_shown, &ShownState::planChanged, m_transport, &TransportPanel::setPlan);
    connect(&m_shown, &ShownState::layerSelected, m_migration, &MigrationPanel::setLayer);
    connect(&m_shown, &ShownState::planChanged, m_migration, &MigrationPanel::setPlan);
    connect(&m_shown, &ShownState::layerSelected, m_side, &SidePanel::setLayer);
    connect(&m_shown, &ShownState::planChanged, m_side, &SidePanel::setPlan);
    connect(&m_shown, &ShownState::loadChanged, m_side, &SidePanel::setLoad);
    connect(m_side, &SidePanel::refused, this, &MainWindow::refuseFile);
    connect(&m_shown, &ShownState::sinkhornChanged, m_transport, &TransportPanel::setSolve);
    connect(&m_shown, &ShownState::layerSelected, m_experts, &ExpertsPanel::setLayer);
    connect(&m_shown, &ShownState::loadChanged, m_experts, &ExpertsPanel::setLoad);
    connect(m_experts, &ExpertsPanel::layerChosen, m_model, &ModelPanel::selectLayer);
    connect(&m_shown, &ShownState::routingChanged, m_routing, &RoutingPanel::setRouting);
    connect(&m_shown, &ShownState::progressChanged, m_strip, &StatusStrip::showProgress);
    connect(&m_shown, &ShownState::stepChanged, m_curves, &Curves::setCursor);
    connect(&m_shown, &ShownState::layersChanged, this, [this](const std::vector<LayerStatus>& layers) {
        std::vector<double> errors;
        for (const auto& status : layers) {
            m_model->layers().update(status);
            errors.push_back(status.error);
        }
        m_curves->setLayerErrors(errors);
    });
    connect(m_transport, &TransportPanel::markWanted, &m_pins, &Pins::mark);
    connect(&m_pins, &Pins::changed, this, [this] {
        m_transport->setPins(m_pins);
        m_recipe->setConstraints(m_pins.constraints());
    });
    connect(m_routing, &RoutingPanel::textEdited, this,
            [this](const QString& text) { m_bridge.session().set_text(text.toStdString()); });
    connect(m_routing, &RoutingPanel::failed, this,
            [this](const QString& reason) { m_banner->show(Banner::Kind::error, reason); });
    connect(m_routing, &RoutingPanel::layerChosen, m_model, &ModelPanel::selectLayer);
    m_bridge.session().set_text(m_routing->text().toStdString());
}

void MainWindow::chooseFile() {
    const auto path = QFileDialog::getOpenFileName(
        this, tr("Open a dense model or a recording"), {},
        tr("Models and recordings (*.gguf config.json *.moerec);;All files (*)"));
    if (!path.isEmpty()) openFile(path);
}

void MainWindow::openFile(const QString& path) {
    if (m_controller.busy())
        return m_banner->show(Banner::Kind::error, tr("Stop the conversion before opening another file."));
    m_banner->hide();
    m_opener.open(path);
}

void MainWindow::showModel(const ModelSummary& model) {
    const auto path = QString::fromStdString(model.path.string());
    setWindowTitle(tr("%1 – DOT-MoE Studio").arg(QString::fromStdString(model.path.filename().string())));
    m_recent->add(path);
    m_timeline.close();
    m_pins.forget();
    m_routing->setConversion({});
    m_experts->setConversion({});
    m_curves->clear();
    m_model->showModel(model);
    m_live.reset(static_cast<int>(model.config.layers));
    m_strip->showState(m_controller.state());
    m_recipe->setModel(model);
}

void MainWindow::refuseFile(const QString& path, const QString& reason) {
    // Readers name the file they complain about; the window adds it where they don't.
    m_banner->show(Banner::Kind::error,
                   reason.contains(path) ? reason : QStringLiteral("%1: %2").arg(path, reason));
    m_log->add(LogLevel::warning, m_banner->message());
    emit fileRefused(m_banner->message());
}

void MainWindow::convert(bool fromTheBeginning) {
    const auto request = m_recipe->request();
    m_recipe->stopMeasuring();
    m_banner->hide();
    m_recipe->card().clearActual();
    if (fromTheBeginning || !m_controller.wouldContinue(request)) {
        m_timeline.close();
        m_live.reset(m_model->layers().rowCount());
        m_curves->clear();
    }
    m_timeline.goLive();
    m_routing->setConversion({});  // from now on the text is routed by the run
    m_experts->setConversion({});
    fromTheBeginning ? m_controller.startOver(request) : m_controller.start(request);
}

void MainWindow::showState(RunState state) {
    m_strip->showState(state);
    m_recipe->setEditable(state == RunState::idle);
    updateActions();
    if (state != RunState::idle) return;
    m_recipe->refreshOut();
    if (m_closeWhenIdle) close();
}

void MainWindow::updateActions() {
    const bool idle = !m_controller.busy();
    const auto problem = m_recipe->problem();
    const bool can_continue = idle && m_controller.wouldContinue(m_recipe->request());
    m_actions.open->setEnabled(idle);
    m_presets->setEnabled(idle);
    m_actions.convert->setEnabled(idle && problem.isEmpty());
    m_actions.convert->setText(can_continue ? tr("&Continue") : tr("&Convert"));
    m_actions.convert->setToolTip(problem.isEmpty() ? m_actions.convert->statusTip() : problem);
    m_actions.startOver->setEnabled(can_continue);
    m_actions.pause->setEnabled(m_controller.state() == RunState::running ||
                                m_controller.state() == RunState::paused);
    m_actions.pause->setText(m_controller.state() == RunState::paused ? tr("&Resume") : tr("&Pause"));
    m_actions.stop->setEnabled(!idle && m_controller.state() != RunState::stopping);
    m_actions.fork->setEnabled(idle && m_runs->current());
    m_actions.measure->setEnabled(idle && problem.isEmpty());
    m_actions.measure->setText(m_recipe->isMeasuring() ? tr("Stop &measuring") : tr("&Measure cost"));
    m_actions.copyCommandLine->setEnabled(problem.isEmpty());
}

void MainWindow::showFinished(const Finished& event) {
    m_strip->showEnd(tr("Finished"));
    setConversion(event.out);
    try {
        const auto metrics = nlohmann::json::parse(event.metrics_json).get<Metrics>();
        m_recipe->card().showActual(metrics);
        m_banner->show(Banner::Kind::info, finished_text(event, metrics));
        m_log->add(LogLevel::info,
                   m_banner->message() + u'\n' + QString::fromStdString(format_table(metrics)));
    } catch (const nlohmann::json::exception& error) {
        m_banner->show(Banner::Kind::error,
                       tr("The figures of the run cannot be read: %1").arg(error.what()));
    }
}

void MainWindow::closeEvent(QCloseEvent* event) {
    if (m_controller.busy()) {
        event->ignore();
        if (!m_closeWhenIdle) askBeforeClosing();
        return;
    }
    saveSettings();
    event->accept();
}

void MainWindow::askBeforeClosing() {
    if (m_closing) return m_closing->raise();
    m_closing = new QMessageBox(QMessageBox::Question, tr("Close"), tr("A conversion is running."), {}, this);
    m_closing->setObjectName("closing");
    m_closing->setInformativeText(
        tr("Stopping keeps the last checkpoint; the conversion can go on from it."));
    auto* stop = m_closing->addButton(tr("Stop and close"), QMessageBox::AcceptRole);
    auto* keep = m_closing->addButton(tr("Keep running"), QMessageBox::RejectRole);
    m_closing->setDefaultButton(keep);
    m_closing->setEscapeButton(keep);
    connect(m_closing, &QMessageBox::finished, this, [this, stop] {
        const bool leave = m_closing->clickedButton() == stop;
        m_closing->deleteLater();
        m_closing = nullptr;
        if (!leave) return;
        m_closeWhenIdle = true;
        m_controller.busy() ? m_controller.stop() : static_cast<void>(close());
    });
    m_closing->open();  // not exec(): the run and its pictures go on behind the question
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls()) event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    const auto urls = event->mimeData()->urls();
    if (urls.isEmpty() || !urls.front().isLocalFile()) return;
    event->acceptProposedAction();
    openFile(urls.front().toLocalFile());
}

}  // namespace dotmoe::studio
