#include "app/studio/second_view.h"

#include <algorithm>

#include "app/studio/timeline.h"
#include "base/error.h"

namespace dotmoe::studio {

SecondView::SecondView(const Timeline& timeline, QObject* parent) : QObject(parent), m_timeline(timeline) {
    m_growth.setInterval(1000);
    connect(&m_growth, &QTimer::timeout, this, [this] {
        if (m_other && m_other->refresh()) takeIn();
    });
    connect(&timeline, &Timeline::momentsChanged, this, &SecondView::followTimeline);
}

const Recording* SecondView::recording() const {
    return m_other ? m_other.get() : m_timeline.recording();
}

std::filesystem::path SecondView::thisRun() const {
    return m_timeline.recording() ? m_timeline.recording()->path() : std::filesystem::path();
}

void SecondView::setActive(bool active) {
    m_active = active;
    if (!active) return m_growth.stop();
    m_growth.start();
    std::error_code absent;
    // What was written meanwhile may be much: not for this thread.
    if (m_other && std::filesystem::file_size(m_other->path(), absent) != m_other->size() && !absent)
        open(m_other->path(), Purpose::grown);
    look();
}

void SecondView::begin() {
    m_other.reset();
    m_chosen = false;
    m_moment = -1;
    emit momentsChanged();
    look();
}

void SecondView::followLayer(int layer) {
    m_followed = layer;
    if (m_chosen) return;
    m_moment = -1;
    look();
}

void SecondView::chooseRun(const QString& path) {
    if (!path.isEmpty()) return open(path.toStdString(), Purpose::chosen);
    m_reader.ask([]() -> LatestJob::Delivery { return [] {}; });  // one under way is no longer wanted
    begin();
}

void SecondView::open(const std::filesystem::path& path, Purpose purpose) {
    m_reader.ask([this, path, purpose]() -> LatestJob::Delivery {
        try {
            auto recording = std::make_shared<Recording>(path);
            return [this, recording = std::move(recording), purpose] { use(recording, purpose); };
        } catch (const std::exception& error) {
            if (purpose == Purpose::grown) return [] {};  // what was read of it stays
            return [this, path, reason = QString::fromUtf8(error.what())] {
                emit refused(QString::fromStdString(path.string()), reason);
            };
        }
    });
}

void SecondView::use(const std::shared_ptr<Recording>& recording, Purpose purpose) {
    m_other = recording;
    const int last = static_cast<int>(recording->moments().size()) - 1;
    if (purpose == Purpose::grown) {
        m_moment = std::min(m_moment, last);
        return takeIn();
    }
    m_chosen = true;
    m_layer = std::clamp(m_layer, 0, std::max(0, recording->started().layers - 1));
    m_moment = last;
    emit momentsChanged();
    look();
    if (const auto trouble = recording->trouble()) emit unreadable(QString::fromStdString(*trouble));
}

void SecondView::chooseLayer(int layer) {
    if (!recording() || layer == m_layer) return;
    m_chosen = true;
    m_layer = layer;
    const auto first = recording()->first_plan(layer);
    if (first) m_moment = std::max(m_moment, static_cast<int>(*first));
    look();
}

void SecondView::chooseMoment(int moment) {
    m_chosen = true;
    m_moment = moment;
    look();
}

void SecondView::followTimeline() {
    const bool another = m_timeline.recording() != std::exchange(m_known, m_timeline.recording());
    if (another) emit thisRunChanged();
    if (m_other) return;
    another ? begin() : takeIn();
}

void SecondView::takeIn() {
    emit momentsChanged();
    if (m_moment < 0 || m_atEnd) look();
}

void SecondView::look() {
    if (!m_active) return;
    m_plan.reset();
    m_load.reset();
    if (!m_chosen) m_layer = m_followed;
    if (const auto* from = recording()) {
        if (m_moment < 0) m_moment = static_cast<int>(from->first_plan(m_layer).value_or(-1));
        m_atEnd = m_moment + 1 >= static_cast<int>(from->moments().size());
        try {
            if (m_moment >= 0) {
                m_plan = from->plan(static_cast<std::size_t>(m_moment), m_layer);
                m_load = from->load(static_cast<std::size_t>(m_moment), m_layer);
            }
        } catch (const Error& error) {
            emit unreadable(QString::fromUtf8(error.what()));
        }
    }
    emit pictureChanged();
}

}  // namespace dotmoe::studio
