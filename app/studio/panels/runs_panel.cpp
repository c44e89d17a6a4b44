#include "app/studio/panels/runs_panel.h"

#include <QAction>
#include <QHeaderView>
#include <QTreeView>
#include <QVBoxLayout>

#include "app/studio/run_tree.h"

namespace dotmoe::studio {

RunsPanel::RunsPanel(QAction* fork, QWidget* parent)
    : QWidget(parent), m_tree(new RunTree(this)), m_view(new QTreeView) {
    m_view->setObjectName("runs");
    m_view->setAccessibleName(tr("Conversions"));
    m_view->setModel(m_tree);
    m_view->setAlternatingRowColors(true);
    m_view->setAllColumnsShowFocus(true);
    m_view->setExpandsOnDoubleClick(false);  // it opens
    m_view->header()->setStretchLastSection(false);
    m_view->header()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_view->header()->setSectionResizeMode(RunTree::change, QHeaderView::Stretch);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->addWidget(m_view);

    auto* open = new QAction(tr("&Open"), this);
    auto* forget = new QAction(tr("&Remove from this list"), this);
    forget->setToolTip(tr("The folder stays as it is"));
    m_view->addActions({open, fork, forget});
    m_view->setContextMenuPolicy(Qt::ActionsContextMenu);
    const auto open_current = [this] {
        if (const auto run = current()) emit openWanted(QString::fromStdString(run->folder.string()));
    };
    connect(open, &QAction::triggered, this, open_current);
    connect(m_view, &QTreeView::activated, this, open_current);
    connect(forget, &QAction::triggered, this, [this] {
        if (const auto run = current()) m_known.forget(QString::fromStdString(run->folder.string()));
        refresh();
    });
    connect(m_view->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            &RunsPanel::currentChanged);
    refresh();
}

void RunsPanel::add(const std::filesystem::path& folder) {
    m_known.add(QString::fromStdString(folder.string()));
    m_chosen = std::filesystem::absolute(folder).lexically_normal();
    refresh();
}

void RunsPanel::refresh() {
    m_reading.ask([this, folders = m_known.folders()]() -> LatestJob::Delivery {
        return [this, runs = read_runs(folders)] { show(runs); };
    });
}

void RunsPanel::show(const std::vector<RunRecord>& runs) {
    if (m_chosen.empty())
        if (const auto run = current()) m_chosen = run->folder;
    m_tree->setRuns(runs);
    m_view->expandAll();
    m_view->setCurrentIndex(m_tree->find(m_chosen));
    m_chosen.clear();
    emit currentChanged();
}

std::optional<RunRecord> RunsPanel::current() const {
    const auto index = m_view->currentIndex();
    return index.isValid() ? std::optional(m_tree->record(index)) : std::nullopt;
}

}  // namespace dotmoe::studio
