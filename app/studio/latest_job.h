// Slow questions answered off the window's thread; only the answer to the latest question arrives.
#pragma once

#include <QObject>
#include <QThreadPool>
#include <atomic>
#include <functional>

namespace dotmoe::studio {

class LatestJob : public QObject {
    Q_OBJECT

  public:
    /// What to do with the answer, on the window's thread.
    using Delivery = std::function<void()>;

    explicit LatestJob(QObject* parent = nullptr);
    ~LatestJob() override;

    /// Runs `work` on a thread of low priority and then its result on this object's thread. A later ask()
    /// forgets an earlier one: it is skipped when it has not begun, and not delivered when it has. `work`
    /// must not throw.
    void ask(std::function<Delivery()> work);

  private:
    QThreadPool m_pool;
    std::atomic<quint64> m_latest = 0;
};

}  // namespace dotmoe::studio
