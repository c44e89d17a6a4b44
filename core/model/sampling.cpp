#include "model/sampling.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

#include "base/error.h"

namespace dotmoe {
namespace {

/// Ids by falling logit (ties by id), sorted no further than they are asked for: a draw seldom needs many.
class BestFirst {
    auto worse() const {
        return [logits = logits_](std::int64_t a, std::int64_t b) {
            const float x = logits[static_cast<std::size_t>(a)], y = logits[static_cast<std::size_t>(b)];
            return x != y ? x < y : a > b;
        };
    }

  public:
    explicit BestFirst(std::span<const float> logits) : logits_(logits), heap_(logits.size()) {
        std::iota(heap_.begin(), heap_.end(), 0);
        std::ranges::make_heap(heap_, worse());
    }

    std::int64_t operator[](std::size_t rank) {
        for (; sorted_.size() <= rank; heap_.pop_back()) {
            std::ranges::pop_heap(heap_, worse());
            sorted_.push_back(heap_.back());
        }
        return sorted_[rank];
    }

  private:
    std::span<const float> logits_;
    std::vector<std::int64_t> heap_, sorted_;
};

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

    const double top = *std::ranges::max_element(row);
    const auto weight = [&](float logit) { return std::exp((logit - top) / options_.temperature); };
    BestFirst order(row);
    const auto weight_of_rank = [&](std::size_t rank) {
        return weight(row[static_cast<std::size_t>(order[rank])]);
    };

    // The softmax's denominator, and what is kept of it.
    std::size_t kept = row.size();
    double nucleus = 0;
    if (options_.top_k > 0 && static_cast<std::size_t>(options_.top_k) < kept) {
        kept = static_cast<std::size_t>(options_.top_k);
        for (std::size_t rank = 0; rank < kept; ++rank) nucleus += weight_of_rank(rank);
    } else {
        for (const float logit : row) nucleus += weight(logit);
    }
    if (options_.top_p < 1) {
        const double wanted = options_.top_p * nucleus;
        nucleus = weight_of_rank(0);
        std::size_t rank = 1;
        while (rank < kept && nucleus < wanted) nucleus += weight_of_rank(rank++);
        kept = rank;
    }

    const double u = static_cast<double>(random_() >> 11) * 0x1p-53;
    double sum = 0;
    for (std::size_t rank = 0; rank < kept; ++rank) {
        sum += weight_of_rank(rank);
        if (sum > u * nucleus) return order[rank];
    }
    return order[kept - 1];
}

}  // namespace dotmoe
