// Neurons that a person wants in a column, or out of it.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

#include "transport/problem.h"

namespace dotmoe {

struct Constraint {
    enum class Kind { pin, forbid };
    Kind kind = Kind::pin;
    std::int64_t neuron = 0, column = 0;
};

/// [N, columns] bool: where each neuron may go in a plan that obeys every constraint and every capacity.
/// Entries that no such plan uses are false too (the last places of a column that pins fill, say): what is
/// left has total support, without which Sinkhorn would creep. Throws UsageError when a constraint lies
/// outside of the problem, or no plan obeys them all.
at::Tensor allowed_columns(std::int64_t neurons, const Capacities& capacities,
                           const std::vector<Constraint>& constraints);

/// The affinity [.., N, columns] with -inf outside of `allowed` [N, columns], or one for each problem. Throws
/// Error on another shape.
at::Tensor only_allowed(const at::Tensor& affinity, const at::Tensor& allowed);

}  // namespace dotmoe
