// Events as bytes and back: what a recording keeps of each.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "events/event.h"

namespace dotmoe {

/// Steady numbers of the payloads in a file; a new payload gets the next one.
enum class EventKind : std::uint8_t {
    started = 1,
    progress,
    log,
    finished,
    failed,
    stopped,
    checkpoint,
    plan,
    sinkhorn,
    load,
    routing,
    step,
    quality,
    layer,
};
inline constexpr EventKind last_kind = EventKind::layer;

EventKind kind_of(const Payload& payload);

/// Exact, except: a plan's soft mass outside each neuron's own column is in 256 levels (recording/levels.h),
/// a routing's probabilities in 65,536 of 0..1.
std::vector<std::byte> encode(const Payload& payload);

/// Throws Error when the bytes are no such event. Counts, shapes and ranges that the views rely on hold in
/// what is returned.
Payload decode(EventKind kind, std::span<const std::byte> bytes);

}  // namespace dotmoe
