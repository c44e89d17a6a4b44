// Dense models whose conversions no stock architecture holds.
#pragma once

#include "model/load.h"

namespace dotmoe {

/// Throws Error naming the model when it has norms behind attention and FFN (Gemma 3).
void require_exportable(const Model& model);

}  // namespace dotmoe
