// The stops of the time bar: when in a run there was something new to see.
#pragma once

#include <cstdint>
#include <optional>

#include "events/event.h"

namespace dotmoe {

enum class MomentKind {
    start,       ///< of the run, or of its continuation
    layer,       ///< a layer is begun
    round,       ///< a round of alternating transport in a layer
    layer_step,  ///< a training step within a layer
    global_step  ///< a training step of the whole
};

struct Moment {
    MomentKind kind = MomentKind::start;
    int layer = -1;                ///< of a layer's moments
    std::int64_t step = 0;         ///< round, or step; from 1
    std::int64_t global_step = 0;  ///< steps of the whole done by then
    bool checkpoint = false;       ///< one was saved before the next moment
};

/// The moment that an event begins after `now`; nothing where it belongs to `now`.
std::optional<Moment> moment_begun_by(const Payload& payload, const Moment& now);

}  // namespace dotmoe
