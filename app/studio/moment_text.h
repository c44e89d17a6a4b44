// Moments of a run in words.
#pragma once

#include <QString>

#include "recording/moments.h"

namespace dotmoe::studio {

/// As "layer 3 · round 5" or "step 12".
QString moment_text(const Moment& moment);

}  // namespace dotmoe::studio
