// Of two ways to compute the same FFN the one that is faster here.
#pragma once

#include "model/transformer.h"

namespace dotmoe {

/// Runs both at the first call of each size of text, in powers of two, and from then on the faster. They give
/// the same but for rounding; all layers are taken to be of one shape. May be called from several threads.
FeedForward faster_of(FeedForward first, FeedForward second);

}  // namespace dotmoe
