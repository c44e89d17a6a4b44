// Balanced neuron -> expert transport (METHOD §2): max_M <A,M> + tau H(M), row sums 1, column sums c.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

namespace dotmoe {

/// Neurons each column must hold: (S, C, ..., C) with a shared column, (C, ..., C) without. Columns may be
/// unequal.
using Capacities = std::vector<std::int64_t>;

/// Throws Error when the affinity [.., N, columns] has NaN or inf, when the columns do not match, a capacity
/// is < 1, or the capacities do not add up to N; the message names the value. Returns the largest |A_ie|.
double check_problem(const at::Tensor& affinity, const Capacities& capacities);

/// c [columns], in the format and on the device of `like`.
at::Tensor capacity_tensor(const Capacities& capacities, const at::Tensor& like);

}  // namespace dotmoe
