// Routers of PEER (He 2024, arXiv:2407.04153): experts stand on a grid, and a token's logit for one is the
// sum of its logits for the row and for the column, so a router of E experts needs some 2 sqrt(E) keys.
#pragma once

#include <ATen/ATen.h>

#include "experts/key_grid.h"

namespace dotmoe {

/// Keys [..., R + C], the rows' first, to a router [..., E]: W_e = u_row + v_column. Differentiable.
at::Tensor router_of_keys(const at::Tensor& keys, const KeyGrid& grid);

/// The keys whose router is nearest to this one [..., E] in least squares, whatever inputs it meets: the
/// means of rows and columns, each less half of the mean of all. A router of keys gives itself back.
at::Tensor keys_of_router(const at::Tensor& router, const KeyGrid& grid);

}  // namespace dotmoe
