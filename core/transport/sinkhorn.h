// Sinkhorn-Knopp in the log domain (DOT-MoE Alg. 1, Eq. 7): M = exp(A/tau + f 1^T + 1 g^T).
#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <optional>
#include <vector>

#include "transport/problem.h"

namespace dotmoe {

/// Largest absolute row- and column-sum errors of each batch entry in an iteration, in neurons: rows after g
/// was updated, columns after f was (the other sums are exact then).
struct SinkhornIteration {
    std::vector<float> row_residual, column_residual;  ///< [batch]
    bool newton = false;                               ///< a Newton step and not a plain iteration
};

/// Told of each iteration and of g [batch, columns] after it: M is softmax(A/tau + 1 g^T) then. What it
/// throws ends the solve.
using SinkhornObserver = std::function<void(const SinkhornIteration&, const at::Tensor& g)>;

struct SinkhornOptions {
    double temperature = 1.0;  ///< tau
    int max_iterations = 50;   ///< one iteration updates g, then f (f once more before the first)
    /// Stop when every column sum is this close to c_e, relative. Newton steps take over where plain
    /// iterations would be slow in getting there. 0: all iterations, and plain ones, as in the paper.
    double tolerance = 1e-3;
    /// [N, columns] or [.., N, columns] bool, from constraints.h: where a neuron may go. None: anywhere.
    std::optional<at::Tensor> allowed = std::nullopt;
    SinkhornObserver on_iteration = nullptr;
};

struct SinkhornResult {
    at::Tensor plan;  ///< [.., N, columns] fp32 (fp64 for fp64 input), rows sum to 1 exactly (to rounding)
    at::Tensor f, g;  ///< potentials [.., N], [.., columns], in units of A/tau
    std::vector<SinkhornIteration> iterations;
    bool converged = false;  ///< every column sum is within the tolerance; never so without one
};

/// affinity [.., N, columns], any leading batch (layers are solved together). `warm_g` [.., columns] starts
/// from the last solve's g (METHOD §2, warm start). No gradient. Throws Error on a bad problem
/// (check_problem).
SinkhornResult sinkhorn(const at::Tensor& affinity, const Capacities& capacities,
                        const SinkhornOptions& options,
                        const std::optional<at::Tensor>& warm_g = std::nullopt);

}  // namespace dotmoe
