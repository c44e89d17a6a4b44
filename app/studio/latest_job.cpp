#include "app/studio/latest_job.h"

#include "app/studio/thread_priority.h"

namespace dotmoe::studio {

LatestJob::LatestJob(QObject* parent) : QObject(parent) {
    m_pool.setMaxThreadCount(1);
}

LatestJob::~LatestJob() {
    ++m_latest;
    m_pool.waitForDone();
}

void LatestJob::ask(std::function<Delivery()> work) {
    const auto ticket = ++m_latest;
    m_pool.start([this, ticket, work = std::move(work)] {
        if (ticket != m_latest) return;
        lower_thread_priority();
        auto deliver = work();
        const auto deliver_if_latest = [this, ticket, deliver = std::move(deliver)] {
            if (ticket == m_latest) deliver();
        };
        QMetaObject::invokeMethod(this, deliver_if_latest, Qt::QueuedConnection);
    });
}

}  // namespace dotmoe::studio
