// The one linear system of the transport problem: how the column potentials answer to column sums.
#pragma once

#include <ATen/ATen.h>

namespace dotmoe {

/// (diag(c) - P^T P) beta = b with c = P^T 1, for a plan P [.., N, columns] whose rows sum to 1 and b [..,
/// columns] fp64; c^T beta = 0 pins the solution. It is the Hessian of the dual in g (its negative), so it
/// serves Newton's method and the implicit gradient (METHOD §2) alike. Returns beta [.., columns] fp64.
at::Tensor solve_columns(const at::Tensor& plan, const at::Tensor& b);

}  // namespace dotmoe
