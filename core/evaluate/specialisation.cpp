#include "evaluate/specialisation.h"

#include <cmath>
#include <random>

#include "text/shuffle.h"

namespace dotmoe {
namespace {

constexpr int deals = 200;  // the mean over them is known to some 7 % of one deal's spread

/// p log2 p, 0 at 0.
at::Tensor p_log_p(const at::Tensor& p) {
    return at::xlogy(p, p) / std::log(2.0);
}

double by_chance(const at::Tensor& counts, std::vector<std::int64_t> domain, std::int64_t domains) {
    std::mt19937_64 random;
    double sum = 0;
    for (int deal = 0; deal < deals; ++deal) {
        shuffle(domain, random);
        sum += mutual_information(counts_by_domain(counts, domain, domains));
    }
    return sum / deals;
}

}  // namespace

double entropy(const at::Tensor& counts) {
    const auto p = counts.to(at::kDouble) / counts.sum(at::kDouble);
    return -p_log_p(p).sum().item<double>();
}

double mutual_information(const at::Tensor& counts) {
    // I(d; e) = H(d) + H(e) - H(d, e)
    return entropy(counts.sum(1)) + entropy(counts.sum(0)) - entropy(counts);
}

at::Tensor counts_by_domain(const at::Tensor& counts, const std::vector<std::int64_t>& domain,
                            std::int64_t domains) {
    return at::zeros({domains, counts.size(1)}, at::kDouble)
        .index_add(0, at::tensor(domain, at::kLong), counts.to(at::kDouble));
}

Specialisation specialisation(const at::Tensor& counts, const std::vector<std::int64_t>& domain,
                              std::int64_t domains) {
    const auto table = counts_by_domain(counts, domain, domains);
    const auto p = table / table.sum();  // p(d, e)
    const auto p_domain = p.sum(1, /*keepdim=*/true), p_expert = p.sum(0, /*keepdim=*/true);
    const auto terms = at::xlogy(p, p / (p_domain * p_expert)).nan_to_num();  // of I, nats; 0 without tokens
    const auto expert = terms.sum(0).argmax().item<std::int64_t>();
    const auto mine = terms.select(1, expert).argmax().item<std::int64_t>();

    Specialisation found;
    found.by_chance = by_chance(counts, domain, domains);
    found.bits = mutual_information(table) - found.by_chance;
    found.share = found.bits / entropy(table.sum(1));
    found.expert = expert;
    found.domain = mine;
    found.expert_share = (p[mine][expert] / p_expert[0][expert]).item<double>();
    return found;
}

}  // namespace dotmoe
