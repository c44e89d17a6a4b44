#include "app/studio/stoppable_job.h"

#include "base/error.h"

namespace dotmoe::studio {

StoppableJob::~StoppableJob() {
    if (m_control) m_control->request_stop();
}

void StoppableJob::stop() {
    if (!m_control) return;
    m_control->request_stop();
    m_control.reset();
    emit busyChanged(false);
}

void StoppableJob::tell(const Asked& asked, std::function<void()> what) {
    QMetaObject::invokeMethod(
        this,
        [this, asked, what = std::move(what)] {
            if (asked == m_control) what();
        },
        Qt::QueuedConnection);
}

void StoppableJob::begin(std::function<void(const Asked&)> work) {
    stop();
    m_control = std::make_shared<RunControl>();
    emit busyChanged(true);
    m_worker.ask([this, control = m_control, work = std::move(work)]() -> LatestJob::Delivery {
        try {
            control->poll();
            work(control);
        } catch (const Cancelled&) {
        } catch (const std::exception& error) {
            tell(control, [this, reason = QString::fromUtf8(error.what()).section(u'\n', 0, 0)] {
                emit failed(reason);
            });
        }
        tell(control, [this] {
            m_control.reset();
            emit busyChanged(false);
        });
        return [] {};
    });
}

}  // namespace dotmoe::studio
