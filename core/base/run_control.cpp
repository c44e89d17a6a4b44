#include "base/run_control.h"

#include "base/error.h"

namespace dotmoe {

void RunControl::request_stop() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    changed_.notify_all();
}

void RunControl::set_paused(bool paused) {
    {
        const std::lock_guard lock(mutex_);
        paused_ = paused;
    }
    changed_.notify_all();
}

bool RunControl::stop_requested() const {
    const std::lock_guard lock(mutex_);
    return stop_;
}

bool RunControl::paused() const {
    const std::lock_guard lock(mutex_);
    return paused_;
}

void RunControl::poll() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stop_ || !paused_; });
    if (stop_) throw Cancelled();
}

}  // namespace dotmoe
