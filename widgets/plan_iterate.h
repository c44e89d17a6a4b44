// The transport plan in the middle of a Sinkhorn solve.
#pragma once

#include <memory>

#include "events/snapshot.h"

namespace dotmoe {

/// Whether `solve` ended in `plan`, and tells of its potentials.
bool endedIn(const SinkhornSnapshot& solve, const PlanSnapshot& plan);

/// `plan` with the soft plan as it was after `iteration` (from 1) of the solve that ended in it. M_i =
/// softmax(A/tau + 1 g_i^T) row by row, so it needs no affinity: M_i is M_last * exp(1 (g_i - g_last)^T),
/// each row divided by its sum. Mass that had fallen below float in M_last stays away.
std::shared_ptr<const PlanSnapshot> planAfter(const PlanSnapshot& plan, const SinkhornSnapshot& solve,
                                              int iteration);

}  // namespace dotmoe
