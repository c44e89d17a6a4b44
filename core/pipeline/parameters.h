// Weights a dense model has, and weights a token uses once it is converted. No torch in this header.
#pragma once

#include "align/recipe.h"
#include "experts/layout.h"
#include "model/config.h"

namespace dotmoe {

/// As doubles: sizes from untrusted files can't overflow.
struct ParameterCounts {
    double dense = 0;  ///< embedding, head unless tied, and L layers of attention, gated FFN and norms
    double ffn = 0;    ///< 3 L D N
    /// dense - ffn (1 - (S + k C) / N) + L D E: without the sleeping experts, with the routers; of PEER's
    /// those have R + C keys for E experts.
    double active = 0;
};

ParameterCounts count_parameters(const ModelConfig& config, const Layout& layout,
                                 Method method = Method::transport);

}  // namespace dotmoe
