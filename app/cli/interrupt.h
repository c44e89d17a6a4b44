// Ctrl-C and SIGTERM, taken by a thread of their own so that the answer may lock, print and wait.
#pragma once

#include <functional>
#include <mutex>
#include <thread>

namespace dotmoe::cli {

/// Blocks both signals for the whole process and waits for them: make the one of the process in main before
/// any other thread. Without a handler the first signal ends the process with exit code 130; with one it
/// calls the handler (on the watching thread), and the second signal ends the process.
class Interrupt {
  public:
    /// `on_exit` prints the last line before an immediate end.
    explicit Interrupt(std::function<void()> on_exit);
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;

    /// While it lives, the first signal asks `stop` to end the work cleanly.
    class Scope {
      public:
        Scope(Interrupt& interrupt, std::function<void()> stop);
        ~Scope();
        Scope(const Scope&) = delete;
        Scope& operator=(const Scope&) = delete;

      private:
        Interrupt& interrupt_;
    };

  private:
    void watch();

    std::function<void()> on_exit_;
    std::mutex mutex_;
    std::function<void()> stop_;
    int signals_ = -1, quit_ = -1;  ///< signalfd, and the eventfd that ends the watch
    std::thread watcher_;
};

}  // namespace dotmoe::cli
