#include "transport/column_laplacian.h"

#include <ATen/core/grad_mode.h>

namespace dotmoe {
namespace {

// Keeps columns that share no mass with another (a hard plan) solvable; their part of the gradient vanishes
// with the mass.
constexpr double kRidge = 1e-12;

}  // namespace

// The matrix is a graph Laplacian: its diagonal is built from its off-diagonal, because c - diag(P^T P) would
// cancel to rounding noise on a nearly hard plan. Scaled by diag(c)^-1/2.
at::Tensor solve_columns(const at::Tensor& plan, const at::Tensor& b) {
    auto shared_mass =
        at::matmul(plan.transpose(-1, -2), plan).to(at::kDouble);  // P^T P [L, columns, columns]
    shared_mass.diagonal(0, -2, -1).zero_();
    const auto c = plan.sum(-2).to(at::kDouble).clamp_min(1e-300);
    const auto root = c.sqrt();
    const auto laplacian = at::diag_embed(shared_mass.sum(-1)) - shared_mass;
    const auto pin = root.unsqueeze(-1) * root.unsqueeze(-2) / c.sum(-1, true).unsqueeze(-1);  // c^T beta = 0
    auto matrix = laplacian / (root.unsqueeze(-1) * root.unsqueeze(-2)) + pin;
    matrix.diagonal(0, -2, -1).add_(kRidge);
    return at::linalg_solve(matrix, (b / root).unsqueeze(-1)).squeeze(-1) / root;
}

}  // namespace dotmoe
