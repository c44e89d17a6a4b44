// The time bar's wires, and what becomes of recordings.
#include <QDir>
#include <QFileDialog>

#include "app/studio/figures.h"
#include "app/studio/main_window.h"
#include "app/studio/panels/banner.h"
#include "app/studio/panels/compare_panel.h"
#include "app/studio/panels/experts_panel.h"
#include "app/studio/panels/log_panel.h"
#include "app/studio/panels/migration_panel.h"
#include "app/studio/panels/model_panel.h"
#include "app/studio/panels/recipe_panel.h"
#include "app/studio/panels/routing_panel.h"
#include "app/studio/panels/side_panel.h"
#include "app/studio/panels/status_strip.h"
#include "app/studio/recent_files.h"
#include "base/error.h"
#include "recording/recorder.h"
#include "widgets/curves.h"

namespace dotmoe::studio {

void MainWindow::wireTime() {
    connect(m_actions.play, &QAction::triggered, this,
            [this] { m_timeline.setPlaying(!m_timeline.isPlaying()); });
    connect(m_actions.stepBack, &QAction::triggered, this, [this] { m_timeline.step(-1); });
    connect(m_actions.stepForward, &QAction::triggered, this, [this] { m_timeline.step(1); });
    connect(m_actions.previousCheckpoint, &QAction::triggered, this,
            [this] { m_timeline.stepToCheckpoint(-1); });
    connect(m_actions.nextCheckpoint, &QAction::triggered, this, [this] { m_timeline.stepToCheckpoint(1); });
    connect(m_actions.loop, &QAction::toggled, &m_timeline, &Timeline::setLooping);
    connect(m_actions.live, &QAction::triggered, this, [this] {
        m_timeline.goLive();
        m_actions.live->setChecked(m_timeline.isLive());  // a click on it while live is no way out
    });
    connect(m_actions.saveRecording, &QAction::triggered, this, &MainWindow::chooseWhereToSave);
    connect(&m_bridge, &EventBridge::drained, &m_timeline, &Timeline::refresh);
    connect(&m_timeline, &Timeline::liveChanged, m_routing, &RoutingPanel::setLive);
    connect(&m_timeline, &Timeline::liveChanged, m_experts, &ExpertsPanel::setLive);
    connect(&m_timeline, &Timeline::momentsChanged, this,
            [this] { m_actions.saveRecording->setEnabled(m_timeline.recording() != nullptr); });
    connect(&m_timeline, &Timeline::momentChanged, this, [this](int moment) {
        if (m_timeline.isLive() || moment < 0 || !m_actions.follow->isChecked()) return;
        m_model->selectLayer(m_timeline.recording()->moments()[static_cast<std::size_t>(moment)].layer);
    });
    const auto say = [this](const QString& reason) { m_banner->show(Banner::Kind::error, reason); };
    connect(&m_shown, &ShownState::unreadable, this, say);
    connect(m_migration, &MigrationPanel::unreadable, this, say);
    connect(m_side, &SidePanel::unreadable, this, say);
    connect(m_actions.mark, &QAction::triggered, this, [this] { m_timeline.setMark(m_timeline.moment()); });
    connect(m_actions.unmark, &QAction::triggered, this, [this] { m_timeline.setMark(-1); });
    connect(&m_timeline, &Timeline::markChanged, m_actions.unmark,
            [this](int moment) { m_actions.unmark->setEnabled(moment >= 0); });
    m_actions.unmark->setEnabled(false);
    m_actions.saveRecording->setEnabled(false);
}

void MainWindow::followRecording() {
    try {
        m_timeline.follow(m_controller.request().out / recording_name);
    } catch (const Error& error) {
        m_log->add(LogLevel::warning, tr("The time bar stays empty: %1").arg(error.what()));
    }
}

void MainWindow::showFigures(const std::shared_ptr<Recording>& recording) {
    m_experts->setSharedNeurons(recording->started().shared);
    m_curves->clear();
    for (const auto& quality : recording->qualities()) m_curves->append(quality);
    for (const auto& step : recording->steps())
        if (step.stage == Stage::distillation) m_curves->append(step);
    for (const auto& line : recording->log()) m_log->add(line.level, QString::fromStdString(line.text));
}

void MainWindow::showRecording(const std::shared_ptr<Recording>& recording) {
    const auto& run = recording->started();
    const auto path = QString::fromStdString(recording->path().string());
    setWindowTitle(tr("%1 – DOT-MoE Studio").arg(QFileInfo(path).fileName()));
    m_recent->add(path);
    m_recipe->setModel(std::nullopt);
    m_pins.forget();
    m_routing->setConversion({});
    m_experts->setConversion({});
    m_model->showRecording(recording->path(), run);
    m_live.reset(run.layers);
    m_strip->showStarted(run);
    m_strip->showEnd(tr("Replay"));
    showFigures(recording);
    m_timeline.open(recording);
    if (const auto trouble = recording->trouble())
        m_banner->show(Banner::Kind::error, QString::fromStdString(*trouble));
    emit recordingShown();
}

void MainWindow::showConversion(const std::filesystem::path& folder,
                                const std::shared_ptr<Recording>& recording) {
    if (recording && !m_controller.busy()) reopen(recording);
    setConversion(folder);
    m_recent->add(QString::fromStdString(folder.string()));
    m_tabs->setCurrentWidget(m_compare);
    emit conversionShown();
}

void MainWindow::reopen(const std::shared_ptr<Recording>& recording) {
    const auto& run = recording->started();
    const auto model = m_recipe->request().model;
    if (std::error_code absent; !model.empty() && !std::filesystem::equivalent(model, run.model, absent))
        return;  // another one stays what the window shows
    if (model.empty()) {
        const auto folder = recording->path().parent_path();
        setWindowTitle(tr("%1 – DOT-MoE Studio").arg(QString::fromStdString(folder.filename().string())));
        m_model->showRecording(folder, run);
    }
    m_pins.forget();
    m_strip->showStarted(run);
    m_strip->showEnd(recording->finished() ? tr("Finished") : tr("Stopped"));
    showFigures(recording);
    m_timeline.close();
    try {
        m_live.restore(*recording);
        m_timeline.follow(recording->path());
    } catch (const Error& error) {
        m_banner->show(Banner::Kind::error, QString::fromStdString(error.what()));
    }
}

void MainWindow::chooseWhereToSave() {
    auto* dialog = new QFileDialog(this, tr("Save recording"), {}, tr("Recordings (*.moerec)"));
    dialog->setObjectName("saveRecordingDialog");
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setDefaultSuffix("moerec");
    connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::saveRecording);
    dialog->open();  // not exec(): the run and its pictures go on behind it
}

void MainWindow::saveRecording(const QString& path) {
    if (!m_timeline.recording()) return;
    m_saving.ask([this, path, from = m_timeline.recording()->path(),
                  bytes = m_timeline.recording()->size()]() -> LatestJob::Delivery {
        try {
            save_recording(from, bytes, QDir::toNativeSeparators(path).toStdString());
        } catch (const Error& error) {
            return [this, reason = QString::fromStdString(error.what())] {
                m_banner->show(Banner::Kind::error, reason);
            };
        }
        return [this, path, bytes] {
            m_banner->show(
                Banner::Kind::info,
                tr("The recording is saved: %1, %2").arg(path, bytes_text(static_cast<double>(bytes))));
        };
    });
}

}  // namespace dotmoe::studio
