// The newest picture and badge of every layer: what the run tells now.
#pragma once

#include <QObject>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "events/event.h"

namespace dotmoe {
class Recording;
}

namespace dotmoe::studio {

class EventBridge;

/// A null picture means that there is none yet.
class LiveState : public QObject {
    Q_OBJECT

  public:
    explicit LiveState(EventBridge& bridge, QObject* parent = nullptr);

    /// Forgets everything: another model, or a run from the beginning.
    void reset(int layers);
    /// As if the recorded run had just ended here. Throws Error where the file cannot be read.
    void restore(const Recording& recording);

    std::shared_ptr<const PlanSnapshot> plan(int layer) const { return newest(m_plans, layer); }
    std::shared_ptr<const SinkhornSnapshot> sinkhorn(int layer) const { return newest(m_solves, layer); }
    std::shared_ptr<const LoadSnapshot> load(int layer) const { return newest(m_loads, layer); }
    const std::shared_ptr<const RoutingSnapshot>& routing() const { return m_routing; }
    const std::vector<LayerStatus>& layers() const { return m_layers; }
    const std::optional<Progress>& progress() const { return m_progress; }

  signals:
    /// A picture, of any layer, or the routing.
    void pictureTaken();
    void layerChanged(const dotmoe::LayerStatus& status);
    void progressed(const dotmoe::Progress& progress);
    void wasReset();

  private:
    template <typename Picture>
    using ByLayer = std::map<int, std::shared_ptr<const Picture>>;
    template <typename Picture>
    static std::shared_ptr<const Picture> newest(const ByLayer<Picture>& pictures, int layer) {
        const auto found = pictures.find(layer);
        return found == pictures.end() ? nullptr : found->second;
    }

    ByLayer<PlanSnapshot> m_plans;
    ByLayer<SinkhornSnapshot> m_solves;
    ByLayer<LoadSnapshot> m_loads;  // a snapshot of several layers stands under each of them
    std::shared_ptr<const RoutingSnapshot> m_routing;
    std::vector<LayerStatus> m_layers;
    std::optional<Progress> m_progress;
};

}  // namespace dotmoe::studio
