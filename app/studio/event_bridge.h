// From core's event stream to Qt signals: the one place where the two meet.
#pragma once

#include <QObject>
#include <QTimer>
#include <memory>

#include "app/studio/session.h"

namespace dotmoe::studio {

/// Owns the session, drains it on the window's thread and emits one signal an event, in order. At most one
/// wake-up is under way at any time; events of a run that is no longer the current one are dropped.
class EventBridge : public QObject {
    Q_OBJECT

  public:
    explicit EventBridge(QObject* parent = nullptr);

    Session& session() { return m_session; }

  signals:
    void started(const dotmoe::Started& event);
    void progressed(const dotmoe::Progress& event);
    void logged(const dotmoe::LogLine& event);
    void finished(const dotmoe::Finished& event);
    void failed(const dotmoe::Failed& event);
    void stopped(const dotmoe::Stopped& event);
    void checkpointSaved();
    void planTaken(const std::shared_ptr<const dotmoe::PlanSnapshot>& plan);
    void sinkhornTaken(const std::shared_ptr<const dotmoe::SinkhornSnapshot>& solve);
    void loadTaken(const std::shared_ptr<const dotmoe::LoadSnapshot>& load);
    void routingTaken(const std::shared_ptr<const dotmoe::RoutingSnapshot>& routing);
    void stepped(const dotmoe::TrainingStep& step);
    void qualityMeasured(const dotmoe::QualitySnapshot& quality);
    void layerChanged(const dotmoe::LayerStatus& status);
    /// All events there were have been told.
    void drained();

  private:
    void drain();

    QTimer m_heldPictures;
    Session m_session;  // last: its threads call back until it is gone
};

}  // namespace dotmoe::studio
