// Counting weights. No torch in this header.
#pragma once

#include <cstdint>

#include "experts/layout.h"
#include "model/config.h"

namespace dotmoe {

/// Weights of the FFNs alone: 3 L N D.
std::int64_t ffn_parameter_count(const ModelConfig& config);

/// All weights of the dense model; tied embeddings count once.
std::int64_t parameter_count(const ModelConfig& config);

/// Weights one token uses after the conversion: shared and active neurons, the routers, everything that is not FFN.
std::int64_t active_parameter_count(const ModelConfig& config, const Layout& layout);

}  // namespace dotmoe
