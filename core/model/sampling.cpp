#include "model/sampling.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "base/error.h"

namespace dotmoe {
namespace {

std::vector<std::int64_t> best_first(std::span<const float> logits, std::int64_t top_k) {
    std::vector<std::int64_t> order(logits.size());
    std::iota(order.begin(), order.end(), 0);
    const auto kept =
        top_k > 0 ? std::min<std::size_t>(order.size(), static_cast<std::size_t>(top_k)) : order.size();
    const auto better = [&](std::int64_t a, std::int64_t b) {
        const float x = logits[static_cast<std::size_t>(a)], y = logits[static_cast<std::size_t>(b)];
        return x != y ? x > y : a < b;
    };
    std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(kept), order.end(), better);
    order.resize(kept);
    return order;
}

}  // namespace

Sampler::Sampler(const SamplingOptions& options) : options_(options), random_(options.seed) {
    if (!(options.temperature >= 0))
        fail_usage("temperature is {}: use 0 (greedy) or more", options.temperature);
    if (!(options.top_p > 0 && options.top_p <= 1))
        fail_usage("top-p is {}: use a share in (0, 1]", options.top_p);
    if (options.top_k < 0) fail_usage("top-k is {}: use 0 (all) or more", options.top_k);
}

std::int64_t Sampler::next(const at::Tensor& logits) {
    const auto values = logits.to(at::kCPU, at::kFloat).contiguous();
    const std::span<const float> row(values.const_data_ptr<float>(),
                                     static_cast<std::size_t>(values.numel()));
    if (options_.temperature == 0) return std::ranges::max_element(row) - row.begin();

    const auto order = best_first(row, options_.top_k);
    const double top = row[static_cast<std::size_t>(order.front())];
    std::vector<double> weights(order.size());  // softmax without its denominator
    std::ranges::transform(order, weights.begin(), [&](std::int64_t id) {
        return std::exp((row[static_cast<std::size_t>(id)] - top) / options_.temperature);
    });

    const double all = std::reduce(weights.begin(), weights.end());
    std::size_t kept = 0;
    double nucleus = 0;
    while (kept < weights.size() && (kept == 0 || nucleus < options_.top_p * all)) nucleus += weights[kept++];

    const double u = static_cast<double>(random_() >> 11) * 0x1p-53;
    double sum = 0;
    for (std::size_t i = 0; i < kept; ++i) {
        sum += weights[i];
        if (sum > u * nucleus) return order[i];
    }
    return order[kept - 1];
}

}  // namespace dotmoe
