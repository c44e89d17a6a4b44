// Wires of what is tried on text: conversions and tables opened for the Compare tab.
#include <QFileDialog>
#include <QTabWidget>

#include "app/studio/main_window.h"
#include "app/studio/panels/banner.h"
#include "app/studio/panels/compare_panel.h"
#include "app/studio/panels/experts_panel.h"
#include "app/studio/panels/recipe_panel.h"
#include "app/studio/recent_files.h"

namespace dotmoe::studio {

void MainWindow::wireCompare() {
    connect(m_actions.openFolder, &QAction::triggered, this, [this] {
        auto* dialog = new QFileDialog(this, tr("Open a conversion, or what dotmoe compare or sweep left"));
        dialog->setObjectName("openFolderDialog");
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setFileMode(QFileDialog::Directory);
        connect(dialog, &QFileDialog::fileSelected, this, &MainWindow::openFile);
        dialog->open();  // not exec(): a run and its pictures go on behind it
    });
    connect(&m_opener, &FileOpener::conversionOpened, this, &MainWindow::showConversion);
    connect(&m_opener, &FileOpener::baselinesOpened, this, [this](const Table& table) {
        m_compare->setBaselines(table);
        m_tabs->setCurrentWidget(m_compare);
    });
    connect(&m_opener, &FileOpener::sweepOpened, this, [this](const Pareto& pareto) {
        m_compare->setPareto(pareto);
        m_tabs->setCurrentWidget(m_compare);
    });
    connect(m_compare, &ComparePanel::failed, this,
            [this](const QString& reason) { m_banner->show(Banner::Kind::error, reason); });
    connect(m_recipe, &RecipePanel::changed, this, [this] {
        const auto text = m_recipe->request().text;
        m_compare->setText(text);
        m_experts->setText(text);
    });
}

}  // namespace dotmoe::studio
