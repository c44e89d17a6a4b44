// One time for all views: a slider over the recorded moments, and the buttons that move along it.
#pragma once

#include <QWidget>

#include "app/studio/actions.h"

class QLabel;

namespace dotmoe::studio {

class MomentSlider;
class Timeline;

class TimeBar : public QWidget {
    Q_OBJECT

  public:
    /// Both outlive the bar. The actions are those of the menu.
    TimeBar(Timeline& timeline, const Actions& actions, QWidget* parent = nullptr);

  private:
    void showMoments();
    void showMoment();

    Timeline& m_timeline;
    MomentSlider* m_slider;
    QLabel* m_moment;
    QAction *m_play, *m_live;
    QList<QAction*> m_moves;  ///< what needs moments to move between
};

}  // namespace dotmoe::studio
