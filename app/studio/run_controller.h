// What the run buttons mean: the state of the current conversion and the moves between states.
#pragma once

#include <QObject>
#include <QString>
#include <optional>

#include "app/studio/event_bridge.h"
#include "app/studio/unfinished_run.h"

namespace dotmoe::studio {

enum class RunState { idle, running, paused, stopping };

class RunController : public QObject {
    Q_OBJECT

  public:
    explicit RunController(EventBridge& bridge, QObject* parent = nullptr);

    RunState state() const { return m_state; }
    bool busy() const { return m_state != RunState::idle; }
    /// Of the latest run.
    const ConvertRequest& request() const { return m_request; }

    /// Whether start() would go on from the checkpoint of the run that was stopped, failed or was taken up
    /// last: nothing but that request.
    bool wouldContinue(const ConvertRequest& request) const;
    /// Starts, or continues where wouldContinue() says so. Only when idle.
    void start(ConvertRequest request);
    /// Starts anew whatever checkpoint there is. Only when idle.
    void startOver(ConvertRequest request);
    void setPaused(bool paused);
    void stop();
    /// The conversion that was under way when a window was closed, killed or crashed, if there is one;
    /// start() goes on from its checkpoint where it had come to one.
    std::optional<ConvertRequest> takeUp();

  signals:
    void stateChanged(dotmoe::studio::RunState state);

  private:
    void launch(ConvertRequest request);
    void endEarly(bool resumable);
    void enter(RunState state);

    EventBridge& m_bridge;
    RunState m_state = RunState::idle;
    ConvertRequest m_request;                   // of the latest run
    std::optional<ConvertRequest> m_resumable;  // the latest run, when it ended early with a checkpoint
    bool m_checkpointed = false;                // the latest run has one of its own
    UnfinishedRun m_unfinished;
};

}  // namespace dotmoe::studio
