// What of a run deserves a person's attention, and what would mend it: rules over the stream of events.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/system.h"
#include "events/event.h"

namespace dotmoe {

enum class AlertKind {
    collapse,    ///< experts that no token is sent to
    imbalance,   ///< an expert that most tokens are sent to
    divergence,  ///< KL to the dense model rises, or the loss is no number
    memory       ///< the machine runs out of it
};

struct Alert {
    AlertKind kind = AlertKind::collapse;
    std::string text;  ///< one line: what, where, what would mend it
};

struct AlertLimits {
    double dead_share = 0.1;     ///< of a layer's experts
    double crowded_share = 0.5;  ///< of the tokens sent to one expert, where that is ...
    double crowded_load = 3;     ///< ... so many even shares too
    int patience = 5;            ///< steps in a row that a load must last
    int window = 8;              ///< steps that KL is averaged over
    double rise = 1.5;           ///< of that mean over the lowest so far, or the first step's
    double free_memory = 0.05;   ///< of the machine's
};

/// Says a thing once: again only when it has doubled, or has been gone in between.
class AlertRules {
  public:
    explicit AlertRules(const AlertLimits& limits = {}) : limits_(limits) {}

    /// In the order of the run; a Started begins anew.
    std::optional<Alert> hear(const Payload& payload);
    std::optional<Alert> hear(const Memory& memory);

  private:
    std::optional<Alert> hear_layer(const LayerStatus& status);
    std::optional<Alert> hear_load(const LoadSnapshot& load);
    std::optional<Alert> hear_step(const TrainingStep& step);
    /// The alert, unless it was told; `severity` of 1 is at the limit.
    std::optional<Alert> raise(AlertKind kind, double severity, std::string text);

    AlertLimits limits_;
    int experts_ = 0, active_ = 0;
    std::map<AlertKind, double> told_;                   ///< severity of what was said last and still holds
    std::map<std::pair<int, int>, int> idle_, crowded_;  ///< (layer, expert): for so many loads in a row
    std::vector<double> divergences_;                    ///< KL(dense || sparse) of every step
    double lowest_ = 0;                                  ///< of their means over a window, and of the first
};

}  // namespace dotmoe
