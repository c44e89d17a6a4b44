// What the stock architectures of an export can not hold of a dense model.
#pragma once

#include "model/load.h"

namespace dotmoe {

/// Throws Error naming the model and what it has beyond them: norms behind attention and FFN, a window, RoPE
/// scaling, a SentencePiece tokenizer.
void require_plain_llama(const Model& model);

}  // namespace dotmoe
