#include "app/studio/shown_state.h"

#include "base/error.h"

namespace dotmoe::studio {

ShownState::ShownState(const LiveState& live, const Timeline& timeline, QObject* parent)
    : QObject(parent), m_live(live), m_timeline(timeline) {
    connect(&live, &LiveState::pictureTaken, this, [this] {
        if (m_timeline.isLive()) showPictures();
    });
    connect(&live, &LiveState::layerChanged, this, [this] {
        if (m_timeline.isLive()) emit layersChanged(m_live.layers());
    });
    connect(&live, &LiveState::progressed, this, [this](const Progress& progress) {
        if (m_timeline.isLive()) emit progressChanged(progress);
    });
    connect(&live, &LiveState::wasReset, this, &ShownState::showAll);
    connect(&timeline, &Timeline::momentChanged, this, [this] {
        if (!m_timeline.isLive()) showAll();
    });
    connect(&timeline, &Timeline::liveChanged, this, &ShownState::showAll);
}

void ShownState::selectLayer(int layer) {
    if (layer == m_layer) return;
    m_layer = layer;
    m_shown.load.reset();  // one snapshot of loads may hold both layers
    emit layerSelected(layer);
    showPictures();
}

ShownState::Pictures ShownState::pictures() {
    if (m_timeline.isLive())
        return {m_live.plan(m_layer), m_live.sinkhorn(m_layer), m_live.load(m_layer), m_live.routing()};
    const auto& recording = *m_timeline.recording();
    const auto moment = static_cast<std::size_t>(m_timeline.moment());
    try {
        return {recording.plan(moment, m_layer), recording.sinkhorn(moment, m_layer),
                recording.load(moment, m_layer), recording.routing(moment)};
    } catch (const Error& error) {
        emit unreadable(QString::fromStdString(error.what()));
        return {};
    }
}

void ShownState::showPictures() {
    const auto before = std::exchange(m_shown, pictures());
    if (m_shown.plan != before.plan) emit planChanged(m_shown.plan);
    if (m_shown.solve != before.solve) emit sinkhornChanged(m_shown.solve);
    if (m_shown.load != before.load || !m_shown.load) emit loadChanged(m_shown.load);
    if (m_shown.routing != before.routing) emit routingChanged(m_shown.routing);
}

void ShownState::showFigures() {
    if (m_timeline.isLive()) {
        emit layersChanged(m_live.layers());
        if (m_live.progress()) emit progressChanged(*m_live.progress());
        return emit stepChanged(std::nullopt);
    }
    const auto& recording = *m_timeline.recording();
    const auto moment = static_cast<std::size_t>(m_timeline.moment());
    emit layersChanged(recording.layers(moment));
    if (auto progress = recording.progress(moment)) {
        progress->eta_seconds = 0;  // it was that of then
        emit progressChanged(*progress);
    }
    emit stepChanged(static_cast<double>(recording.moments()[moment].global_step));
}

void ShownState::showAll() {
    showFigures();
    showPictures();
}

}  // namespace dotmoe::studio
