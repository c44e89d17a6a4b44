// Moments of a run in words.
#pragma once

#include <QString>

#include "recording/moments.h"

namespace dotmoe {
class Recording;
}

namespace dotmoe::studio {

/// As "layer 3 · round 5" or "step 12".
QString moment_text(const Moment& moment);
/// With its place: "step 12 · 40 of 60". No recording, or a moment that it lacks: nothing recorded yet.
QString place_text(const Recording* recording, int moment);

}  // namespace dotmoe::studio
