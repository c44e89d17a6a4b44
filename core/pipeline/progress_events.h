// Progress of counted work as events.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "events/event.h"

namespace dotmoe {

/// A callback that publishes, each time it is given the units done so far, a Progress with rate and ETA since
/// it was made. `events` must outlive it.
std::function<void(std::int64_t done)> progress_of(EventSink& events, const std::string& phase,
                                                   const std::string& unit, std::int64_t total);

}  // namespace dotmoe
