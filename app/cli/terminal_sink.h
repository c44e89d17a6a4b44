// The stream of events as lines on stderr.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>

#include "events/alerts.h"
#include "events/event.h"

namespace dotmoe::cli {

/// On a terminal progress is one line, rewritten; otherwise a plain line every few seconds, and one when a
/// phase is done. Warnings, those of AlertRules among them, and results of evaluations are lines of their
/// own. stdout is never touched.
class TerminalSink final : public EventSink {
  public:
    TerminalSink();
    ~TerminalSink() override;

    void publish(Payload payload) override;

  private:
    void show(const Started& started);
    void show(const Progress& progress);
    void show(const LogLine& log);
    void show(const QualitySnapshot& quality);
    void show(const LayerStatus& status);
    void show(const TrainingStep& step);
    template <typename Other>
    void show(const Other&) {}

    void warn(const std::optional<Alert>& alert);
    void line(const std::string& text);
    void rewrite(const std::string& text);

    static constexpr std::chrono::seconds line_interval{5};
    static constexpr std::chrono::milliseconds rewrite_interval{100};

    std::mutex mutex_;
    AlertRules alerts_;
    const bool terminal_;
    bool rewriting_ = false;      ///< the cursor stands behind a progress line
    std::string phase_, losses_;  ///< losses of the last training step of this phase
    std::chrono::steady_clock::time_point last_shown_;
};

}  // namespace dotmoe::cli
