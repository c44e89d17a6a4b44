// Of a job's events, how far it is.
#pragma once

#include <functional>
#include <utility>

#include "events/event.h"

namespace dotmoe::studio {

/// Calls on the worker's thread.
class ProgressSink final : public EventSink {
  public:
    explicit ProgressSink(std::function<void(const Progress&)> say) : m_say(std::move(say)) {}
    void publish(Payload payload) override {
        if (const auto* progress = std::get_if<Progress>(&payload)) m_say(*progress);
    }

  private:
    std::function<void(const Progress&)> m_say;
};

}  // namespace dotmoe::studio
