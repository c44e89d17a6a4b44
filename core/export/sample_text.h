// The fixed text on which exports are scaled and compared.
#pragma once

#include <ATen/ATen.h>

#include "model/load.h"

namespace dotmoe {

/// Prose, code, figures and French, in the model's own tokens: [1, T] int64 on the CPU, T at most 256 and at
/// most the context. Throws Error when the tokenizer makes fewer than two tokens of it.
at::Tensor sample_tokens(const Model& model);

}  // namespace dotmoe
