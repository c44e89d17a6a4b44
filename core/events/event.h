// Everything a run tells: one stream, read by the window, the command line and recordings alike.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>

#include "events/snapshot.h"

namespace dotmoe {

using RunId = std::uint64_t;

struct Started {
    std::string model;  ///< path of the dense model
    int layers = 0, neurons = 0, width = 0;
    int experts = 0, active = 0, shared = 0;
    std::string device, dtype, recipe;
};

struct Progress {
    std::string phase;  ///< "load", "calibrate", "layer-wise", "distil", "evaluate", "save", ...
    std::int64_t done = 0, total = 0;
    std::string unit;        ///< "layers", "steps", "windows"
    double rate = 0;         ///< units a second
    double eta_seconds = 0;  ///< of this phase; 0 while unknown
};

enum class LogLevel { info, warning };
struct LogLine {
    LogLevel level = LogLevel::info;
    std::string text;
};

struct Finished {
    std::string out;           ///< folder of the conversion
    std::string metrics_json;  ///< contents of metrics.json
};
struct Failed {
    std::string message;
};
struct Stopped {  ///< the user stopped it; `resumable` when a checkpoint was written
    bool resumable = false;
};
struct CheckpointSaved {};  ///< the run could go on from here

using Payload = std::variant<Started, Progress, LogLine, Finished, Failed, Stopped, CheckpointSaved,
                             std::shared_ptr<const PlanSnapshot>, std::shared_ptr<const SinkhornSnapshot>,
                             std::shared_ptr<const LoadSnapshot>, std::shared_ptr<const RoutingSnapshot>,
                             TrainingStep, QualitySnapshot, LayerStatus>;

struct Event {
    RunId run = 0;
    Payload payload;
};

/// Takes events from the worker thread. publish() is thread-safe and never blocks for long.
class EventSink {
  public:
    virtual ~EventSink() = default;
    virtual void publish(Payload payload) = 0;
};

/// For callers that want no events.
class NullSink final : public EventSink {
  public:
    void publish(Payload) override {}
};

}  // namespace dotmoe
