// How the experts of one layer differ: whom they serve, and which are chosen together (METHOD §8).
#pragma once

#include <ATen/ATen.h>

namespace dotmoe {

/// p(d | e) / p(d) of counts [domains, E] (tokens of a domain that go to an expert) and tokens [domains] (of
/// the domain): [domains, E] fp64, NaN for an expert without a token.
at::Tensor domain_affinity(const at::Tensor& counts, const at::Tensor& tokens);

/// H(p(d | e)) in bits of counts [domains, E]: [E] fp64, NaN for an expert without a token.
at::Tensor domain_entropies(const at::Tensor& counts);

/// Mean over the tokens of H(p) in bits, p [T, E] the softmax of the router's logits.
double token_entropy(const at::Tensor& probabilities);

/// Correlation of two experts' choices (Pearson's phi of two yes-or-no variables):
///     (p_ab - p_a p_b) / sqrt(p_a (1 - p_a) p_b (1 - p_b)),
/// p_ab the share of the T tokens that use both. R [T, E] of 0 and 1 -> [E, E] fp64, NaN where an expert is
/// never or always chosen.
at::Tensor choice_correlation(const at::Tensor& mask);

/// The `count` tokens of largest probability that each expert is chosen for: [count or T, E] int64, best
/// first; -1 where it has no more. p and R [T, E].
at::Tensor top_tokens(const at::Tensor& probabilities, const at::Tensor& mask, std::int64_t count);

}  // namespace dotmoe
