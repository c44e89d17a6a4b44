// Worker to reader hand-over: pictures may be dropped (newest wins), everything else never.
#pragma once

#include <chrono>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "events/event.h"

namespace dotmoe {

/// Any thread publishes; one reader drains, in order of publication. A snapshot or Progress replaces an
/// undelivered one of the same kind and layer; started, finished, failed, stopped, log, training-step,
/// quality and layer events are all kept. A picture (plan, sinkhorn, load) is delivered at most 20 times a
/// second for each layer: a younger one waits in the mailbox, where a still younger one replaces it, until
/// its turn or the end of the run comes.
class Mailbox final : public EventSink {
  public:
    /// `wake` is called by the publishing thread for the first event after a drain (or ever); it must not
    /// drain.
    explicit Mailbox(RunId run, std::function<void()> wake = {});

    void publish(Payload payload) override;
    std::vector<Event> drain();
    /// Whether a picture is left that had to wait: the reader drains again after picture_interval, unwoken.
    bool holding() const;

    static constexpr std::chrono::milliseconds picture_interval{50};

  private:
    using Clock = std::chrono::steady_clock;
    /// What may replace what. Kinds that are never dropped have no slot.
    struct Slot {
        std::size_t kind = 0;
        int layer = 0;
        auto operator<=>(const Slot&) const = default;
    };
    struct Waiting {
        Event event;
        std::optional<Slot> slot;
        Clock::time_point due;
    };
    static std::optional<Slot> slot_of(const Payload& payload);

    const RunId run_;
    const std::function<void()> wake_;
    mutable std::mutex mutex_;
    std::list<Waiting> waiting_;
    std::map<Slot, std::list<Waiting>::iterator> undelivered_;
    std::map<Slot, Clock::time_point> delivered_;  ///< when a picture's slot was last drained
    bool woken_ = false, ended_ = false;
};

}  // namespace dotmoe
