// Worker to reader hand-over: pictures may be dropped (newest wins), everything else never.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <vector>

#include "events/event.h"

namespace dotmoe {

/// Any thread publishes; one reader drains, in order of publication. A snapshot or Progress replaces an undelivered
/// one of the same kind and layer; started, finished, failed, stopped, log, training-step, quality and layer events
/// are all kept. A kind of picture (plan, sinkhorn, load) is taken at most 20 times a second.
class Mailbox final : public EventSink {
  public:
    /// `wake` is called by the publishing thread when the mailbox turns from empty to not empty; it must not drain.
    explicit Mailbox(RunId run, std::function<void()> wake = {});

    void publish(Payload payload) override;
    std::vector<Event> drain();

    static constexpr std::chrono::milliseconds picture_interval{50};

  private:
    struct Slot {
        std::size_t kind = 0;
        int layer = 0;
        auto operator<=>(const Slot&) const = default;
    };

    const RunId run_;
    const std::function<void()> wake_;
    std::mutex mutex_;
    std::vector<Event> waiting_;
    std::map<Slot, std::size_t> undelivered_;  ///< place in waiting_ of the replaceable event of a slot
    std::map<Slot, std::chrono::steady_clock::time_point> last_taken_;
};

}  // namespace dotmoe
