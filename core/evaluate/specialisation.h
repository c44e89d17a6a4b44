// Which experts belong to which domain of text: the mutual information of the two.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

#include "evaluate/figures.h"

namespace dotmoe {

/// H(p) in bits of counts [..], p = counts / sum.
double entropy(const at::Tensor& counts);

/// I(d; e) = sum_de p(d,e) log2 (p(d,e) / (p(d) p(e))), in bits, of counts [domains, E].
double mutual_information(const at::Tensor& counts);

/// counts [W, E]: the tokens of each window that go to each expert; domain [W] is each window's, 0 to domains
/// - 1.
///
/// The plain estimate of I is above 0 even for a router that knows of no domain. What is taken off is its
/// mean over random deals of the windows to the domains (always the same ones), because tokens of one window
/// are alike, while Miller and Madow's correction takes them for independent. With few windows a domain that
/// takes off too much rather than too little: about (domains - 1) / (W - 1) of what windows differ by.
Specialisation specialisation(const at::Tensor& counts, const std::vector<std::int64_t>& domain,
                              std::int64_t domains);

/// counts [W, E] summed over the windows of each domain: [domains, E].
at::Tensor counts_by_domain(const at::Tensor& counts, const std::vector<std::int64_t>& domain,
                            std::int64_t domains);

}  // namespace dotmoe
