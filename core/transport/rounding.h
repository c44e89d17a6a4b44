// From a soft plan or an affinity to one column a neuron, every capacity exact (METHOD §2).
#pragma once

#include <ATen/ATen.h>

#include <optional>

#include "transport/problem.h"

namespace dotmoe {

struct ExactPlan {
    at::Tensor owner;  ///< [N] int64
    at::Tensor
        prices;  ///< [columns] fp64, in affinity units: no neuron gains by another column at them (the duals)
};

/// The best hard plan of the affinity [N, columns] (fp32 or fp64, on the CPU): argmax of A_ie - p_e with
/// prices p, then the counts repaired by shortest augmenting paths on the column graph (column_exchange.h).
/// Optimal by complementary slackness (asserted in debug builds); O(NE + excess E^2). `prices` [columns], in
/// affinity units, start the search (from Sinkhorn: -tau g); where there are none, or poor ones, a short
/// Sinkhorn gives better. Ties go to the lowest column with room, so the result is deterministic. `allowed`
/// [N, columns] bool comes from constraints.h. Throws Error on a bad problem.
ExactPlan round_exact(const at::Tensor& affinity, const Capacities& capacities,
                      const std::optional<at::Tensor>& prices = std::nullopt,
                      const std::optional<at::Tensor>& allowed = std::nullopt);

/// The paper's rounding: all N*columns scores sorted, neuron i given to e when both are free. Returns owner
/// [N] int64. It knows no constraints: with them it may run into a corner.
at::Tensor round_greedy(const at::Tensor& scores, const Capacities& capacities);

/// <A, P> of a hard plan: sum_i A[i, owner_i], in fp64.
double plan_value(const at::Tensor& affinity, const at::Tensor& owner);

/// (exact - greedy) / (exact - mean over experts): 0 when greedy is optimal, 1 when it is no better than
/// chance.
double greedy_gap(const at::Tensor& affinity, const Capacities& capacities, const at::Tensor& exact_owner);

}  // namespace dotmoe
