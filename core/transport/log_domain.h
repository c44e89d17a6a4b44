// The two updates of Sinkhorn-Knopp as DOT-MoE writes them (Alg. 1, Eq. 7): exact at any temperature, one exp
// an entry.
#pragma once

#include <ATen/ATen.h>

namespace dotmoe::log_domain {

/// f_i = -log sum_e exp(Z_ie + g_e): rows then sum to 1. z = A/tau [.., N, columns], g [.., columns] -> [..,
/// N].
at::Tensor update_f(const at::Tensor& z, const at::Tensor& g);

/// g_e = log c_e - log sum_i exp(Z_ie + f_i): columns then sum to c. f [.., N], capacity [columns] -> [..,
/// columns].
at::Tensor update_g(const at::Tensor& z, const at::Tensor& f, const at::Tensor& capacity);

/// M = exp(Z + f 1^T + 1 g^T) [.., N, columns].
at::Tensor plan(const at::Tensor& z, const at::Tensor& f, const at::Tensor& g);

}  // namespace dotmoe::log_domain
