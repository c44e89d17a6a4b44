#include "app/studio/live_state.h"

#include "app/studio/event_bridge.h"
#include "recording/recording.h"

namespace dotmoe::studio {

LiveState::LiveState(EventBridge& bridge, QObject* parent) : QObject(parent) {
    connect(&bridge, &EventBridge::planTaken, this, [this](const std::shared_ptr<const PlanSnapshot>& plan) {
        m_plans[plan->layer] = plan;
        emit pictureTaken();
    });
    connect(&bridge, &EventBridge::sinkhornTaken, this,
            [this](const std::shared_ptr<const SinkhornSnapshot>& solve) {
                m_solves[solve->layer] = solve;
                emit pictureTaken();
            });
    connect(&bridge, &EventBridge::loadTaken, this, [this](const std::shared_ptr<const LoadSnapshot>& load) {
        for (int i = 0; i < load->layers; ++i) m_loads[load->first_layer + i] = load;
        emit pictureTaken();
    });
    connect(&bridge, &EventBridge::routingTaken, this,
            [this](const std::shared_ptr<const RoutingSnapshot>& routing) {
                m_routing = routing;
                emit pictureTaken();
            });
    connect(&bridge, &EventBridge::layerChanged, this, [this](const LayerStatus& status) {
        const auto layer = static_cast<std::size_t>(status.layer);
        if (layer < m_layers.size()) m_layers[layer] = status;
        emit layerChanged(status);
    });
    connect(&bridge, &EventBridge::progressed, this, [this](const Progress& progress) {
        m_progress = progress;
        emit progressed(progress);
    });
}

void LiveState::restore(const Recording& recording) {
    reset(recording.started().layers);
    if (recording.moments().empty()) return;
    const auto last = recording.moments().size() - 1;
    for (int layer = 0; layer < recording.started().layers; ++layer) {
        m_plans[layer] = recording.plan(last, layer);
        m_solves[layer] = recording.sinkhorn(last, layer);
        m_loads[layer] = recording.load(last, layer);
    }
    m_routing = recording.routing(last);
    m_layers = recording.layers(last);
    m_progress = recording.progress(last);
    emit wasReset();
}

void LiveState::reset(int layers) {
    m_plans.clear();
    m_solves.clear();
    m_loads.clear();
    m_routing.reset();
    m_progress.reset();
    m_layers.assign(static_cast<std::size_t>(layers), {});
    for (int layer = 0; layer < layers; ++layer) m_layers[static_cast<std::size_t>(layer)].layer = layer;
    emit wasReset();
}

}  // namespace dotmoe::studio
