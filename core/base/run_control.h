// The user's hand on a running job: stop and pause, asked for on one thread and obeyed on another.
#pragma once

#include <condition_variable>
#include <mutex>

namespace dotmoe {

/// Thread-safe. The worker calls poll() at each Sinkhorn solve and each training step; any thread calls the
/// rest (request_stop() too from a signal-watching thread, never from a signal handler itself).
class RunControl {
  public:
    void request_stop();
    void set_paused(bool paused);

    bool stop_requested() const;
    bool paused() const;

    /// Blocks while paused; throws Cancelled once a stop was asked for (also while paused).
    void poll();

  private:
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    bool stop_ = false;
    bool paused_ = false;
};

}  // namespace dotmoe
