#include "evaluate/expert_statistics.h"

#include <algorithm>
#include <cmath>

namespace dotmoe {

at::Tensor domain_affinity(const at::Tensor& counts, const at::Tensor& tokens) {
    const auto n = counts.to(at::kDouble), size = tokens.to(at::kDouble);
    return n / n.sum(0, /*keepdim=*/true) / (size / size.sum()).unsqueeze(1);
}

at::Tensor domain_entropies(const at::Tensor& counts) {
    const auto n = counts.to(at::kDouble);
    const auto p = n / n.sum(0, /*keepdim=*/true);
    return -at::xlogy(p, p).sum(0) / std::log(2.0);
}

double token_entropy(const at::Tensor& probabilities) {
    const auto p = probabilities.to(at::kDouble);
    return -at::xlogy(p, p).sum(-1).mean().item<double>() / std::log(2.0);
}

at::Tensor choice_correlation(const at::Tensor& mask) {
    const auto tokens = static_cast<double>(mask.size(0));
    const auto chosen = mask.to(at::kFloat);
    // Counts up to 2^24 are exact in fp32.
    const auto together = at::matmul(chosen.t(), chosen).to(at::kDouble) / tokens;
    const auto p = together.diagonal();
    const auto spread = (p * (1 - p)).sqrt();
    return (together - at::outer(p, p)) / at::outer(spread, spread);
}

at::Tensor top_tokens(const at::Tensor& probabilities, const at::Tensor& mask, std::int64_t count) {
    const auto [best, tokens] =
        probabilities.masked_fill(mask == 0, -1).topk(std::min(count, probabilities.size(0)), /*dim=*/0);
    return tokens.masked_fill(best < 0, -1);
}

}  // namespace dotmoe
