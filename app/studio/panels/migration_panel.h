// Migration tab: where the neurons of the selected layer went between a marked moment and the one on show,
// and when each layer settled.
#pragma once

#include <QTimer>
#include <QWidget>
#include <memory>

#include "app/studio/latest_job.h"
#include "events/snapshot.h"

class QAction;

namespace dotmoe {
class MigrationFlow;
class SettledBars;
}  // namespace dotmoe

namespace dotmoe::studio {

class Timeline;

/// Works on what the timeline has: a recording, or that of the run that goes on.
class MigrationPanel : public QWidget {
    Q_OBJECT

  public:
    /// `mark` marks the moment on show, `unmark` forgets it.
    MigrationPanel(const Timeline& timeline, QAction* mark, QAction* unmark, QWidget* parent = nullptr);

    /// Of the moment on show.
    void setPlan(const std::shared_ptr<const PlanSnapshot>& plan);
    void setLayer(int layer);

  signals:
    void unreadable(const QString& reason);

  protected:
    void showEvent(QShowEvent* event) override;

  private:
    void compare();
    /// The layer's plan at the mark, or its first one.
    void findOrigin();
    void findSettled();

    const Timeline& m_timeline;
    MigrationFlow* m_flow;
    SettledBars* m_settled;
    std::shared_ptr<const PlanSnapshot> m_origin, m_plan;
    QString m_originName;
    int m_layer = -1;
    QTimer m_settledSoon;
    LatestJob m_reader;
};

}  // namespace dotmoe::studio
