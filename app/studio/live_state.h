// The newest picture of every layer, and which layer is looked at.
#pragma once

#include <QObject>
#include <map>
#include <memory>

#include "events/event.h"

namespace dotmoe::studio {

class EventBridge;

/// Panels show what this tells them: the picture of the selected layer whenever it or the selection changes.
/// A null picture means that there is none yet.
class LiveState : public QObject {
    Q_OBJECT

  public:
    explicit LiveState(EventBridge& bridge, QObject* parent = nullptr);

    int layer() const { return m_layer; }
    void selectLayer(int layer);
    /// Forgets every picture: another model, or a run from the beginning.
    void clear();

    std::shared_ptr<const PlanSnapshot> plan() const { return newest(m_plans); }
    std::shared_ptr<const SinkhornSnapshot> sinkhorn() const { return newest(m_solves); }
    std::shared_ptr<const LoadSnapshot> load() const { return newest(m_loads); }
    std::shared_ptr<const RoutingSnapshot> routing() const { return m_routing; }

  signals:
    void layerSelected(int layer);
    void planChanged(const std::shared_ptr<const dotmoe::PlanSnapshot>& plan);
    void sinkhornChanged(const std::shared_ptr<const dotmoe::SinkhornSnapshot>& solve);
    void loadChanged(const std::shared_ptr<const dotmoe::LoadSnapshot>& load);
    void routingChanged(const std::shared_ptr<const dotmoe::RoutingSnapshot>& routing);

  private:
    template <typename Picture>
    using ByLayer = std::map<int, std::shared_ptr<const Picture>>;
    template <typename Picture>
    std::shared_ptr<const Picture> newest(const ByLayer<Picture>& pictures) const {
        const auto found = pictures.find(m_layer);
        return found == pictures.end() ? nullptr : found->second;
    }

    int m_layer = 0;
    ByLayer<PlanSnapshot> m_plans;
    ByLayer<SinkhornSnapshot> m_solves;
    ByLayer<LoadSnapshot> m_loads;  // a snapshot of several layers stands under each of them
    std::shared_ptr<const RoutingSnapshot> m_routing;
};

}  // namespace dotmoe::studio
