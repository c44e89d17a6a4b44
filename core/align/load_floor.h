// A price on load (ours): no expert of a router is left without tokens.
#pragma once

#include <ATen/ATen.h>

namespace dotmoe {

/// Scales up the columns of W_r [D, E] of experts that get less than `floor` of an even share of the tokens x
/// [T, D], until none does. An expert that is never among the top k would get no profit in the next transport
/// and no gradient in training: it would stay dead. floor = 0 returns the router as it is. Columns whose
/// logits are never positive can't be helped this way and stay as they are after a bounded number of raises.
at::Tensor with_load_floor(const at::Tensor& router, const at::Tensor& x, std::int64_t active, double floor);

}  // namespace dotmoe
