#include "app/studio/panels/time_bar.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QSignalBlocker>

#include "app/studio/moment_text.h"
#include "app/studio/panels/choice_button.h"
#include "app/studio/timeline.h"
#include "widgets/time_slider.h"

namespace dotmoe::studio {

TimeBar::TimeBar(Timeline& timeline, const Actions& actions, QWidget* parent)
    : QWidget(parent),
      m_timeline(timeline),
      m_slider(new TimeSlider),
      m_moment(new QLabel),
      m_play(actions.play),
      m_live(actions.live),
      m_moves{actions.play, actions.stepBack, actions.stepForward, actions.previousCheckpoint,
              actions.nextCheckpoint} {
    setObjectName("timeBar");
    m_slider->setObjectName("time");
    m_slider->setAccessibleName(tr("Time"));
    m_slider->setNamer([this](int moment) {
        const auto& moments = m_timeline.recording()->moments();
        const auto& at = moments[static_cast<std::size_t>(moment)];
        return at.checkpoint ? tr("%1, checkpoint").arg(moment_text(at)) : moment_text(at);
    });
    m_moment->setObjectName("moment");
    m_moment->setAccessibleName(tr("Moment shown"));
    m_moment->setMinimumWidth(
        m_moment->fontMetrics().horizontalAdvance(tr("layer 30 · round 10 · 0000 of 0000")));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(4, 0, 8, 0);
    for (auto* action : {actions.stepBack, actions.play, actions.stepForward})
        row->addWidget(new ChoiceButton(action));
    row->addWidget(m_slider, 1);
    row->addWidget(m_moment);
    row->addWidget(new ChoiceButton(actions.live));

    connect(m_slider, &QSlider::valueChanged, &m_timeline, &Timeline::goTo);
    // Dragging a clock that runs on would be a fight.
    connect(m_slider, &QSlider::sliderPressed, this, [this] { m_timeline.setPlaying(false); });
    connect(&m_timeline, &Timeline::markChanged, m_slider, &TimeSlider::setFlag);
    connect(&m_timeline, &Timeline::momentsChanged, this, &TimeBar::showMoments);
    connect(&m_timeline, &Timeline::momentChanged, this, &TimeBar::showMoment);
    connect(&m_timeline, &Timeline::liveChanged, this, &TimeBar::showMoment);
    connect(&m_timeline, &Timeline::playingChanged, m_play,
            [this](bool playing) { m_play->setText(playing ? tr("&Hold") : tr("&Play")); });
    showMoments();
}

void TimeBar::showMoments() {
    std::vector<int> checkpoints;
    for (int moment = 0; moment < m_timeline.moments(); ++moment)
        if (m_timeline.recording()->moments()[static_cast<std::size_t>(moment)].checkpoint)
            checkpoints.push_back(moment);
    {
        const QSignalBlocker quiet(m_slider);
        m_slider->setRange(0, std::max(0, m_timeline.moments() - 1));
    }
    m_slider->setMarks(std::move(checkpoints));
    showMoment();
}

void TimeBar::showMoment() {
    const int count = m_timeline.moments(), moment = m_timeline.moment();
    const QSignalBlocker quiet(m_slider);
    m_slider->setEnabled(count > 1);
    m_slider->setValue(std::max(0, moment));
    for (auto* action : m_moves) action->setEnabled(count > 1);
    m_live->setEnabled(m_timeline.canBeLive());
    m_live->setChecked(m_timeline.isLive() && m_timeline.canBeLive());
    if (moment < 0 || moment >= count) return m_moment->setText(tr("nothing recorded yet"));
    m_moment->setText(
        tr("%1 · %2 of %3")
            .arg(moment_text(m_timeline.recording()->moments()[static_cast<std::size_t>(moment)]))
            .arg(moment + 1)
            .arg(count));
    m_slider->setAccessibleDescription(m_moment->text());
}

}  // namespace dotmoe::studio
