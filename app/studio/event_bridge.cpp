#include "app/studio/event_bridge.h"

#include "events/mailbox.h"

namespace dotmoe::studio {
namespace {

/// Calls the function whose parameter fits the payload.
template <typename... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};
template <typename... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;  // clang 14 does not deduce it for an aggregate

}  // namespace

EventBridge::EventBridge(QObject* parent)
    : QObject(parent),
      m_session([this] { QMetaObject::invokeMethod(this, &EventBridge::drain, Qt::QueuedConnection); }) {
    m_heldPictures.setSingleShot(true);
    m_heldPictures.setInterval(Mailbox::picture_interval);
    connect(&m_heldPictures, &QTimer::timeout, this, &EventBridge::drain);
}

void EventBridge::drain() {
    const Overloaded emit_signal{
        [this](const Started& event) { emit started(event); },
        [this](const Progress& event) { emit progressed(event); },
        [this](const LogLine& event) { emit logged(event); },
        [this](const Finished& event) { emit finished(event); },
        [this](const Failed& event) { emit failed(event); },
        [this](const Stopped& event) { emit stopped(event); },
        [this](const CheckpointSaved&) { emit checkpointSaved(); },
        [this](const std::shared_ptr<const PlanSnapshot>& plan) { emit planTaken(plan); },
        [this](const std::shared_ptr<const SinkhornSnapshot>& solve) { emit sinkhornTaken(solve); },
        [this](const std::shared_ptr<const LoadSnapshot>& load) { emit loadTaken(load); },
        [this](const std::shared_ptr<const RoutingSnapshot>& routing) { emit routingTaken(routing); },
        [this](const TrainingStep& step) { emit stepped(step); },
        [this](const QualitySnapshot& quality) { emit qualityMeasured(quality); },
        [this](const LayerStatus& status) { emit layerChanged(status); },
    };
    const auto events = m_session.drain();
    for (const auto& event : events) {
        // A slot may have started the next run: what is left of this one is stale.
        if (event.run == m_session.run()) std::visit(emit_signal, event.payload);
    }
    if (!events.empty()) emit drained();
    if (m_session.holding() && !m_heldPictures.isActive()) m_heldPictures.start();
}

}  // namespace dotmoe::studio
