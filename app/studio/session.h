// One conversion at a time, on a thread of its own. No Qt, no torch.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "events/event.h"
#include "pipeline/convert.h"

namespace dotmoe::studio {

/// What a run tells is also recorded in its output folder: scrubbing then costs disk rather than memory, a
/// crash leaves it, and a continued run goes on in the same file. All calls come from one thread (the
/// window's) and return at once, except wait() and the destructor. The last event of every run is Finished,
/// Failed or Stopped.
class Session {
  public:
    /// `wake` is called on a worker thread when drain() has something to give; at most once between two
    /// drains.
    explicit Session(std::function<void()> wake);
    /// Stops a running conversion and waits for it.
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    /// Starts a run; one that still runs is stopped first. Events of earlier runs are no longer delivered.
    RunId start(ConvertRequest request);
    void set_paused(bool paused);
    void stop();
    /// Blocks until the current run has ended.
    void wait();

    bool running() const;
    bool paused() const;
    /// Id of the latest run; 0 before the first.
    RunId run() const;

    /// The text whose routing is shown live: during a run and after it, until the next one starts.
    void set_text(std::string text);

    std::vector<Event> drain();
    /// Whether drain() should be called again after Mailbox::picture_interval without being woken.
    bool holding() const;

  private:
    struct Run;

    std::function<void()> wake_;
    std::string text_;
    RunId last_ = 0;
    std::unique_ptr<Run> run_;
};

}  // namespace dotmoe::studio
