// The conversions known here: one is opened, or another begun from it.
#include <QDockWidget>

#include "app/studio/main_window.h"
#include "app/studio/panels/banner.h"
#include "app/studio/panels/recipe_panel.h"
#include "app/studio/panels/runs_panel.h"
#include "base/error.h"
#include "recording/recorder.h"

namespace dotmoe::studio {
namespace {

bool same_file(const std::filesystem::path& a, const std::filesystem::path& b) {
    std::error_code absent;
    return std::filesystem::equivalent(a, b, absent);
}

}  // namespace

void MainWindow::wireRuns() {
    connect(m_runs, &RunsPanel::openWanted, this, &MainWindow::openFile);
    connect(m_runs, &RunsPanel::currentChanged, this, &MainWindow::updateActions);
    connect(m_actions.fork, &QAction::triggered, this, [this] {
        if (const auto run = m_runs->current()) fork(*run);
    });
    const auto meet = [this] {
        if (const auto& out = m_controller.request().out; !out.empty()) m_runs->add(out);
    };
    connect(&m_bridge, &EventBridge::started, this, meet);
    connect(&m_bridge, &EventBridge::finished, this, meet);
    connect(&m_bridge, &EventBridge::stopped, this, meet);
    connect(&m_bridge, &EventBridge::failed, m_runs, &RunsPanel::refresh);
    connect(&m_opener, &FileOpener::conversionOpened, m_runs, &RunsPanel::add);
}

void MainWindow::takeUp(const ConvertRequest& request) {
    openFile(QString::fromStdString(request.model.string()));
    connect(
        &m_opener, &FileOpener::modelOpened, this,
        [this, request](const ModelSummary& model) {
            if (!same_file(model.path, request.model)) return;
            m_recipe->setRequest(request);
            m_banner->show(Banner::Kind::info,
                           (m_controller.wouldContinue(m_recipe->request())
                                ? tr("The conversion to %1 was broken off. Continue goes on from its last "
                                     "checkpoint.")
                                : tr("The conversion to %1 was broken off before its first checkpoint."))
                               .arg(QString::fromStdString(request.out.string())));
            m_reading.ask([this, path = request.out / recording_name]() -> LatestJob::Delivery {
                try {
                    auto recording = std::make_shared<Recording>(path);
                    return [this, recording] {
                        if (m_controller.busy()) return;
                        showFigures(recording);
                        m_timeline.open(recording);
                    };
                } catch (const Error&) {  // it had not come so far
                    return [] {};
                }
            });
        },
        Qt::SingleShotConnection);
}

void MainWindow::fork(const RunRecord& run) {
    if (same_file(run.source, m_recipe->request().model)) return fillForkIn(run);
    if (run.source.empty() && !m_recipe->request().model.empty()) return fillForkIn(run);
    if (run.source.empty())
        return m_banner->show(
            Banner::Kind::error,
            tr("%1 is unfinished and does not say from which model it is made: open that, then fork again.")
                .arg(QString::fromStdString(run.folder.filename().string())));
    openFile(QString::fromStdString(run.source.string()));
    connect(
        &m_opener, &FileOpener::modelOpened, this,
        [this, run](const ModelSummary& model) {
            if (same_file(model.path, run.source)) fillForkIn(run);
        },
        Qt::SingleShotConnection);
}

void MainWindow::fillForkIn(const RunRecord& run) {
    try {
        m_recipe->setFork(run.folder);
    } catch (const Error& error) {
        return m_banner->show(Banner::Kind::error, QString::fromUtf8(error.what()));
    }
    leaveWelcome();
    auto* dock = findChild<QDockWidget*>("recipeDock");
    dock->show();
    dock->raise();
    m_recipe->focusChange();
}

}  // namespace dotmoe::studio
