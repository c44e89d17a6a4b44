// The conversions known here, each fork under its parent: to open one, or to begin another from it.
#pragma once

#include <QWidget>
#include <optional>

#include "app/studio/known_runs.h"
#include "app/studio/latest_job.h"

class QAction;
class QTreeView;

namespace dotmoe::studio {

class RunTree;

class RunsPanel : public QWidget {
    Q_OBJECT

  public:
    /// `fork` is in the context menu of the list; enabled by the window.
    explicit RunsPanel(QAction* fork, QWidget* parent = nullptr);

    /// Remembers a conversion, chooses it, and reads all of them anew.
    void add(const std::filesystem::path& folder);
    /// Reads their folders anew, off the window's thread.
    void refresh();
    /// The one that is selected.
    std::optional<RunRecord> current() const;

  signals:
    void currentChanged();
    void openWanted(const QString& folder);

  private:
    void show(const std::vector<RunRecord>& runs);

    KnownRuns m_known;
    RunTree* m_tree;
    QTreeView* m_view;
    std::filesystem::path m_chosen;
    LatestJob m_reading;
};

}  // namespace dotmoe::studio
