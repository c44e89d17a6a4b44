// RoPE scaling by the names that stock runtimes have for it.
#pragma once

#include <optional>

#include "model/config.h"
#include "model/rope.h"

namespace dotmoe {

/// The one divisor of all frequencies (rope_type linear); 1 without scaling, nothing where frequencies have
/// divisors of their own.
std::optional<double> linear_scaling(const ModelConfig& config);

/// Llama 3's scaling that gives the model's divisors: with its own limits of 1 and 4 turns, and an original
/// context that is a power of two. Found again from the divisors, since a GGUF holds nothing else; nothing
/// where there is none.
std::optional<Llama3Scaling> llama3_scaling(const ModelConfig& config);

}  // namespace dotmoe
