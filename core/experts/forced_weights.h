// Routing changed by hand: what the experts would have done had the router chosen otherwise.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

#include "experts/expert_set.h"
#include "experts/forcing.h"

namespace dotmoe {

/// Throws UsageError where a forcing names no token of `tokens`, no layer, no expert, or a layer that is
/// still dense.
void check_forcings(const std::vector<Forcing>& forcings, const ExpertSet& experts, std::int64_t tokens);

/// Those of one layer and of the `count` tokens from `first` on, which become tokens 0 to count - 1.
std::vector<Forcing> forcings_of(const std::vector<Forcing>& forcings, std::int64_t layer, std::int64_t first,
                                 std::int64_t count);

/// W [T, E] with R changed: R' = R but for R'_te = 0 or 1 where forced (of two that differ the later one
/// counts), and W' by the layout's rule for the tokens whose R' is not R, exactly W for all others. A token
/// may get more or fewer than k experts. logits [T, E]; forcings of this layer, by row.
at::Tensor forced_weights(const Layout& layout, const at::Tensor& logits, const at::Tensor& weights,
                          const std::vector<Forcing>& forcings);

}  // namespace dotmoe
