#include "app/studio/live_state.h"

#include "app/studio/event_bridge.h"

namespace dotmoe::studio {

LiveState::LiveState(EventBridge& bridge, QObject* parent) : QObject(parent) {
    connect(&bridge, &EventBridge::planTaken, this, [this](const std::shared_ptr<const PlanSnapshot>& plan) {
        m_plans[plan->layer] = plan;
        if (plan->layer == m_layer) emit planChanged(plan);
    });
    connect(&bridge, &EventBridge::sinkhornTaken, this,
            [this](const std::shared_ptr<const SinkhornSnapshot>& solve) {
                m_solves[solve->layer] = solve;
                if (solve->layer == m_layer) emit sinkhornChanged(solve);
            });
    connect(&bridge, &EventBridge::loadTaken, this, [this](const std::shared_ptr<const LoadSnapshot>& load) {
        for (int i = 0; i < load->layers; ++i) m_loads[load->first_layer + i] = load;
        if (newest(m_loads) == load) emit loadChanged(load);
    });
    connect(&bridge, &EventBridge::routingTaken, this,
            [this](const std::shared_ptr<const RoutingSnapshot>& routing) {
                m_routing = routing;
                emit routingChanged(routing);
            });
}

void LiveState::selectLayer(int layer) {
    if (layer == m_layer) return;
    m_layer = layer;
    emit layerSelected(layer);
    emit planChanged(plan());
    emit sinkhornChanged(sinkhorn());
    emit loadChanged(load());
}

void LiveState::clear() {
    m_plans.clear();
    m_solves.clear();
    m_loads.clear();
    m_routing.reset();
    emit planChanged(nullptr);
    emit sinkhornChanged(nullptr);
    emit loadChanged(nullptr);
    emit routingChanged(nullptr);
}

}  // namespace dotmoe::studio
