// What a transport plan looks like, in numbers.
#pragma once

#include <ATen/ATen.h>

namespace dotmoe {

/// Mean row entropy of a soft plan [N, columns], over log(columns): 1 uniform, 0 hard.
double relative_entropy(const at::Tensor& plan);

/// Mass of the soft plan that does not lie on the hard plan's entries, as a share of N.
double soft_hard_gap(const at::Tensor& plan, const at::Tensor& owner);

/// What each neuron would lose by its second choice, [N] in affinity units: (A_ie - p_e) of its column less
/// the largest among the others, at the prices of round_exact. 0: it could as well be elsewhere; with one
/// column infinite.
at::Tensor margins(const at::Tensor& affinity, const at::Tensor& owner, const at::Tensor& prices);

/// Share of neurons whose column differs between two hard plans [N].
double churn(const at::Tensor& before, const at::Tensor& after);

}  // namespace dotmoe
