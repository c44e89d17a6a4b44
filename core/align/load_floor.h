// A price on load (ours): no expert of a router is left without tokens.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

namespace dotmoe {

/// Windows of training text on which the finished routers are looked through for dead experts.
inline constexpr std::int64_t revival_windows = 16;

/// Raises the columns of W_r [D, E] of experts that get less than `floor` of an even share of the tokens x
/// [T, D], step by step until none does: by a factor where the expert's mean logit is positive, else along
/// the mean input, which lifts the logits of all tokens alike, as a bias would. An expert that is never among
/// the top k would get no profit in the next transport and no gradient in training: it would stay dead. floor
/// = 0 returns the router as it is. After a bounded number of raises what is still below it stays so.
at::Tensor with_load_floor(const at::Tensor& router, const at::Tensor& x, std::int64_t active, double floor);

}  // namespace dotmoe
