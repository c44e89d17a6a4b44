// The dry run corrected by a trial: a little of each phase is run and timed. No torch in this header.
#pragma once

#include <functional>

#include "pipeline/convert.h"
#include "pipeline/inspect.h"

namespace dotmoe {

/// Seconds since any moment.
using Clock = std::function<double()>;
double steady_seconds();

/// Loads model and text and runs what a conversion runs: a judgement of two windows, the metric on two, the
/// first layer with all of its text, two global steps, a fit to two windows and two steps of recovery. Each
/// phase is then what estimate_cost() says of it, times measured over predicted of its sample; memory is not
/// below what the trial reached. Of the request `out`, `resume` and `fork` mean nothing; nothing is left on
/// disk. Tells its progress; blocks for about a fifth of a short conversion. Throws as convert() does.
CostEstimate measure_cost(const ConvertRequest& request, const ConvertHooks& hooks,
                          const Clock& clock = steady_seconds);

}  // namespace dotmoe
