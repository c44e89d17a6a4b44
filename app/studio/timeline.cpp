#include "app/studio/timeline.h"

#include <algorithm>

namespace dotmoe::studio {

Timeline::Timeline(QObject* parent) : QObject(parent) {
    m_clock.setInterval(play_interval);
    connect(&m_clock, &QTimer::timeout, this, &Timeline::tick);
}

void Timeline::open(std::shared_ptr<Recording> recording) {
    use(std::move(recording), false);
}

void Timeline::follow(const std::filesystem::path& path) {
    if (m_following) return refresh();
    use(std::make_shared<Recording>(path), true);
}

void Timeline::close() {
    use(nullptr, false);
}

void Timeline::use(std::shared_ptr<Recording> recording, bool following) {
    setPlaying(false);
    m_recording = std::move(recording);
    m_following = following;
    m_moment = moments() - 1;
    setMark(-1);
    m_live = following || !m_recording;
    emit momentsChanged();
    emit liveChanged(m_live);
    emit momentChanged(m_moment);
}

void Timeline::setMark(int moment) {
    if (moment == m_mark) return;
    m_mark = moment;
    emit markChanged(moment);
}

void Timeline::refresh() {
    if (!m_recording || !m_recording->refresh()) return;
    emit momentsChanged();
    if (m_live) setMoment(moments() - 1);
}

void Timeline::goTo(int moment) {
    if (!m_recording) return;
    setLive(false);
    setMoment(std::clamp(moment, 0, moments() - 1));
}

void Timeline::step(int by) {
    setPlaying(false);
    goTo(m_moment + by);
}

void Timeline::stepToCheckpoint(int direction) {
    for (int moment = m_moment + direction; moment >= 0 && moment < moments(); moment += direction) {
        if (!m_recording->moments()[static_cast<std::size_t>(moment)].checkpoint) continue;
        setPlaying(false);
        return goTo(moment);
    }
}

void Timeline::goLive() {
    if (!m_following) return;
    setPlaying(false);
    setMoment(moments() - 1);
    setLive(true);
}

void Timeline::setPlaying(bool playing) {
    if (playing == isPlaying() || (playing && !m_recording)) return;
    if (playing) {
        if (m_moment >= moments() - 1) goTo(0);
        m_clock.start();
    } else {
        m_clock.stop();
    }
    emit playingChanged(playing);
}

void Timeline::tick() {
    const int last = moments() - 1;
    if (m_moment < last) return goTo(std::min(last, m_moment + 1 + moments() / play_ticks));
    if (m_following) return goLive();
    m_looping ? goTo(0) : setPlaying(false);
}

void Timeline::setMoment(int moment) {
    if (moment == m_moment) return;
    m_moment = moment;
    emit momentChanged(moment);
}

void Timeline::setLive(bool live) {
    if (live == m_live) return;
    m_live = live;
    emit liveChanged(live);
}

}  // namespace dotmoe::studio
