// What the panels show: what the run tells now, or a moment of the recording. One step for all of them.
#pragma once

#include <QObject>
#include <memory>
#include <optional>
#include <vector>

#include "app/studio/live_state.h"
#include "app/studio/timeline.h"

namespace dotmoe::studio {

/// Panels are told whenever the picture of the selected layer changes, be it that a newer one came, that
/// another moment or another layer was chosen. A null picture means that there was none then.
class ShownState : public QObject {
    Q_OBJECT

  public:
    ShownState(const LiveState& live, const Timeline& timeline, QObject* parent = nullptr);

    /// -1 before the first is selected.
    int layer() const { return m_layer; }
    void selectLayer(int layer);

  signals:
    void layerSelected(int layer);
    void planChanged(const std::shared_ptr<const dotmoe::PlanSnapshot>& plan);
    void sinkhornChanged(const std::shared_ptr<const dotmoe::SinkhornSnapshot>& solve);
    void loadChanged(const std::shared_ptr<const dotmoe::LoadSnapshot>& load);
    void routingChanged(const std::shared_ptr<const dotmoe::RoutingSnapshot>& routing);
    void layersChanged(const std::vector<dotmoe::LayerStatus>& layers);
    void progressChanged(const dotmoe::Progress& progress);
    /// Global steps done by then; nothing while live.
    void stepChanged(std::optional<double> step);
    /// The recording cannot be read any more; one line.
    void unreadable(const QString& reason);

  private:
    struct Pictures {
        std::shared_ptr<const PlanSnapshot> plan;
        std::shared_ptr<const SinkhornSnapshot> solve;
        std::shared_ptr<const LoadSnapshot> load;
        std::shared_ptr<const RoutingSnapshot> routing;
    };
    Pictures pictures();
    void showPictures();
    void showFigures();
    void showAll();

    const LiveState& m_live;
    const Timeline& m_timeline;
    int m_layer = -1;
    Pictures m_shown;
};

}  // namespace dotmoe::studio
