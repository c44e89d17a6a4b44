// Where each token of the user's text goes, kept up to date while a conversion runs. No torch in this header.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "events/event.h"

namespace dotmoe {

struct Model;
struct ExpertSet;

/// Routed until somebody types a text: prose, a number, quoted speech and code.
inline constexpr std::string_view sample_text =
    "The old lighthouse keeper counted 37 ships before dawn. \"Strange,\" he said, and wrote it down.\n"
    "def area(radius): return 3.14159 * radius ** 2";

/// Owns a thread that routes the current text through the latest experts and publishes a RoutingSnapshot
/// whenever either changed (newest wins; at most one pass at a time, on one thread so that training keeps the
/// others). All calls are thread-safe and return at once. `events` must outlive the object.
class LiveRouting {
  public:
    explicit LiveRouting(EventSink& events);
    ~LiveRouting();

    void set_text(std::string text);
    /// Called by convert() when the model is loaded and whenever the experts changed.
    void set_model(std::shared_ptr<const Model> model);
    void set_experts(std::shared_ptr<const ExpertSet> experts);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dotmoe
