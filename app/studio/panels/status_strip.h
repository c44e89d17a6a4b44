// State, step, time left, memory and device: always at the right of the toolbar.
#pragma once

#include <QTimer>
#include <QWidget>

#include "app/studio/run_controller.h"
#include "events/event.h"

class QLabel;
class QProgressBar;

namespace dotmoe::studio {

class StatusStrip : public QWidget {
    Q_OBJECT

  public:
    explicit StatusStrip(QWidget* parent = nullptr);

    void showState(RunState state);
    /// How the last run ended, shown while idle.
    void showEnd(const QString& text);
    void showStarted(const Started& event);
    void showProgress(const Progress& event);

  private:
    void showMemory();

    QLabel* m_state;
    QLabel* m_step;
    QProgressBar* m_bar;
    QLabel* m_eta;
    QLabel* m_memory;
    QLabel* m_device;
    QTimer m_memoryClock;
};

}  // namespace dotmoe::studio
