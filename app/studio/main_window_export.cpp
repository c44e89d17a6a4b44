// What becomes of a conversion that is there: it is tried, and exported.
#include "app/studio/main_window.h"
#include "app/studio/panels/banner.h"
#include "app/studio/panels/compare_panel.h"
#include "app/studio/panels/experts_panel.h"
#include "app/studio/panels/export_dialog.h"
#include "app/studio/panels/log_panel.h"
#include "app/studio/panels/routing_panel.h"
#include "app/studio/run_messages.h"

namespace dotmoe::studio {

void MainWindow::wireExport() {
    m_export = new ExportDialog(m_exporter, this);
    m_actions.exportModel->setEnabled(false);
    connect(m_actions.exportModel, &QAction::triggered, m_export, [this] {
        m_export->show();
        m_export->raise();
        m_export->activateWindow();
    });
    connect(&m_exporter, &Exporter::finished, this, [this](const Exported& exported) {
        m_banner->show(exported.passed ? Banner::Kind::info : Banner::Kind::error, exported_text(exported));
        m_log->add(exported.passed ? LogLevel::info : LogLevel::warning, m_banner->message());
    });
    connect(&m_exporter, &Exporter::failed, this, [this](const QString& reason) {
        m_banner->show(Banner::Kind::error, tr("Not exported: %1").arg(reason));
        m_log->add(LogLevel::warning, m_banner->message());
    });
}

void MainWindow::setConversion(const std::filesystem::path& folder) {
    m_compare->setConversion(folder);
    m_routing->setConversion(folder);
    m_experts->setConversion(folder);
    m_export->setConversion(folder);
    m_actions.exportModel->setEnabled(true);
}

}  // namespace dotmoe::studio
