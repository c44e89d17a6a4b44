// The main job, as one call. No torch in this header: the window and the command line both include it.
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "align/recipe.h"
#include "base/device.h"
#include "base/run_control.h"
#include "events/event.h"
#include "pipeline/fork.h"
#include "pipeline/metrics.h"

namespace dotmoe {

class LiveRouting;

struct ConvertRequest {
    std::filesystem::path model;              ///< dense: a GGUF file or a Hugging Face folder
    std::vector<std::filesystem::path> text;  ///< files and folders (text/corpus.h)
    std::filesystem::path out;                ///< folder of the conversion; made when absent
    Recipe recipe;
    DeviceChoice device = DeviceChoice::automatic;
    int threads = 0;                       ///< 0: all cores
    bool resume = false;                   ///< go on from out/checkpoint; without one, start anew
    std::optional<ForkRequest> fork = {};  ///< start from there instead of anew
};

/// The recipe that the conversion keeps: that of the request, but for PEER's, whose experts are single
/// neurons (align/splits/product_key_split.h).
Recipe recipe_of_run(const ConvertRequest& request);

/// Who watches and steers; all outlive the call. `routing` may be null.
struct ConvertHooks {
    EventSink& events;
    RunControl& control;
    LiveRouting* routing = nullptr;
};

/// Loads, aligns layer by layer, distils, judges, saves; blocks the calling thread until done. Publishes
/// events as it goes (Started first, Finished last; Failed and Stopped are the caller's, from the exception).
/// Throws Error, UsageError, or Cancelled (a checkpoint is then in out/checkpoint).
Metrics convert(const ConvertRequest& request, const ConvertHooks& hooks);

}  // namespace dotmoe
