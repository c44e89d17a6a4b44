#include "app/studio/panels/moment_slider.h"

#include <QSignalBlocker>

#include "app/studio/moment_text.h"
#include "recording/recording.h"

namespace dotmoe::studio {

MomentSlider::MomentSlider(Source source, QWidget* parent) : TimeSlider(parent), m_source(std::move(source)) {
    setNamer([this](int moment) {
        const auto& at = m_source()->moments()[static_cast<std::size_t>(moment)];
        return at.checkpoint ? tr("%1, checkpoint").arg(moment_text(at)) : moment_text(at);
    });
    setEnabled(false);
}

void MomentSlider::showMoments() {
    const auto* recording = m_source();
    const int count = recording ? static_cast<int>(recording->moments().size()) : 0;
    std::vector<int> checkpoints;
    for (int moment = 0; moment < count; ++moment)
        if (recording->moments()[static_cast<std::size_t>(moment)].checkpoint) checkpoints.push_back(moment);
    const QSignalBlocker quiet(this);
    setRange(0, std::max(0, count - 1));
    setMarks(std::move(checkpoints));
    setEnabled(count > 1);
}

void MomentSlider::showMoment(int moment) {
    const QSignalBlocker quiet(this);
    setValue(std::max(0, moment));
    setAccessibleDescription(place_text(m_source(), moment));
}

}  // namespace dotmoe::studio
