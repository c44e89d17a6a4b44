// What the stock architectures of an export can not hold of a dense model.
#pragma once

#include "model/load.h"

namespace dotmoe {

/// Throws Error naming the model and what it has beyond a plain Llama: biases of the attention, norms of its
/// heads, a window, RoPE scaling.
void require_plain_llama(const Model& model);

}  // namespace dotmoe
