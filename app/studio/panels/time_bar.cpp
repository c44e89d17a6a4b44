#include "app/studio/panels/time_bar.h"

#include <QHBoxLayout>
#include <QLabel>

#include "app/studio/moment_text.h"
#include "app/studio/panels/choice_button.h"
#include "app/studio/panels/moment_slider.h"
#include "app/studio/timeline.h"

namespace dotmoe::studio {

TimeBar::TimeBar(Timeline& timeline, const Actions& actions, QWidget* parent)
    : QWidget(parent),
      m_timeline(timeline),
      m_slider(new MomentSlider([this] { return m_timeline.recording(); })),
      m_moment(new QLabel),
      m_play(actions.play),
      m_live(actions.live),
      m_moves{actions.play, actions.stepBack, actions.stepForward, actions.previousCheckpoint,
              actions.nextCheckpoint} {
    setObjectName("timeBar");
    m_slider->setObjectName("time");
    m_slider->setAccessibleName(tr("Time"));
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
    m_slider->showMoments();
    showMoment();
}

void TimeBar::showMoment() {
    m_slider->showMoment(m_timeline.moment());
    for (auto* action : m_moves) action->setEnabled(m_timeline.moments() > 1);
    m_live->setEnabled(m_timeline.canBeLive());
    m_live->setChecked(m_timeline.isLive() && m_timeline.canBeLive());
    m_moment->setText(place_text(m_timeline.recording(), m_timeline.moment()));
}

}  // namespace dotmoe::studio
