// A long piece of work off the window's thread that tells what it finds and can be stopped.
#pragma once

#include <QObject>
#include <functional>
#include <memory>

#include "app/studio/latest_job.h"
#include "base/run_control.h"

namespace dotmoe::studio {

/// One at a time. Owned by the object that the work uses, as its last member: it is joined before the rest
/// goes.
class StoppableJob : public QObject {
    Q_OBJECT

  public:
    /// Of one piece of work; poll() it to be stopped.
    using Asked = std::shared_ptr<RunControl>;

    /// Stops what is under way.
    ~StoppableJob() override;

    bool isBusy() const { return m_control != nullptr; }
    /// Stops what is under way. `work` runs on the worker; Cancelled ends it quietly, all else it throws
    /// becomes failed().
    void begin(std::function<void(const Asked&)> work);
    /// From the worker: `what` on this thread, unless stopped by then.
    void tell(const Asked& asked, std::function<void()> what);
    void stop();

  signals:
    void busyChanged(bool busy);
    void failed(const QString& reason);

  private:
    Asked m_control;  ///< of what is under way
    LatestJob m_worker;
};

}  // namespace dotmoe::studio
