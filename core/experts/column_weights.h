// What each column counts for each token, at the least cost: routing for the runtime.
#pragma once

#include <cstdint>
#include <vector>

#include "experts/layout.h"

namespace dotmoe {

/// W with the shared column's ones before it, [T, columns], from logits [T, E]: the values of route() without
/// noise, T the rows of all `texts`, one below the other. Rules that look at all tokens look at those of one
/// text. A weight of 0 means that the token does not use the expert.
void column_weights(const float* logits, const std::vector<std::int64_t>& texts, const Layout& layout,
                    float* weights);

}  // namespace dotmoe
