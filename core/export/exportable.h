// Dense models whose conversions no stock architecture holds yet.
#pragma once

#include "model/load.h"

namespace dotmoe {

/// Throws Error naming the model and what stands in the way: norms behind attention and FFN, a window, RoPE
/// scaling, a SentencePiece tokenizer.
void require_exportable(const Model& model);

}  // namespace dotmoe
