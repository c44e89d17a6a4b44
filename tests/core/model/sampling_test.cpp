#include "model/sampling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <random>

#include "base/error.h"

namespace dotmoe {
namespace {

std::map<std::int64_t, int> draw(const SamplingOptions& options, const at::Tensor& logits, int times) {
    Sampler sampler(options);
    std::map<std::int64_t, int> counts;
    for (int i = 0; i < times; ++i) ++counts[sampler.next(logits)];
    return counts;
}

TEST(Sampler, GreedyTakesTheLowestIdAmongEquals) {
    Sampler sampler({.temperature = 0});
    EXPECT_EQ(sampler.next(at::tensor({1.0F, 4.0F, 4.0F, -1.0F})), 1);
}

TEST(Sampler, FrequenciesFollowTheSoftmax) {
    const auto logits = at::tensor({0.0F, 1.0F, 2.0F, -1.0F, 0.5F});
    const int n = 20000;
    const auto counts = draw({.temperature = 0.7, .seed = 5}, logits, n);
    const auto p = (logits.to(at::kDouble) / 0.7).softmax(0);
    double chi_square = 0;
    for (std::int64_t id = 0; id < 5; ++id) {
        const double expected = n * p[id].item<double>();
        chi_square += std::pow((counts.contains(id) ? counts.at(id) : 0) - expected, 2) / expected;
    }
    EXPECT_LT(chi_square, 23.5) << "4 degrees of freedom: exceeded once in 10,000 right samplers";
}

TEST(Sampler, TopKKeepsTheBest) {
    const auto counts = draw({.temperature = 5, .top_k = 2}, at::tensor({0.0F, 1.0F, 2.0F, 1.0F}), 500);
    EXPECT_EQ(counts.size(), 2U);
    EXPECT_TRUE(counts.contains(2));
    EXPECT_TRUE(counts.contains(1)) << "of equals the lower id is kept";
}

TEST(Sampler, TopPKeepsTheShortestPrefixThatReachesIt) {
    const auto logits = at::tensor({0.5F, 0.3F, 0.15F, 0.05F}).log();
    EXPECT_EQ(draw({.temperature = 1, .top_p = 0.1}, logits, 500).size(), 1U) << "one token at least";
    EXPECT_EQ(draw({.temperature = 1, .top_p = 0.79}, logits, 2000).size(), 2U);
    EXPECT_EQ(draw({.temperature = 1, .top_p = 0.81}, logits, 2000).size(), 3U);
    EXPECT_EQ(draw({.temperature = 1, .top_p = 1}, logits, 2000).size(), 4U);
}

/// The header's words, all of the vocabulary sorted.
std::int64_t drawn_by_definition(const SamplingOptions& options, const at::Tensor& logits, double u) {
    auto [sorted, ids] = at::sort(logits.to(at::kDouble), /*stable=*/true, 0, /*descending=*/true);
    if (options.top_k > 0) sorted = sorted.slice(0, 0, options.top_k);
    const auto running = (sorted / options.temperature).softmax(0).cumsum(0);
    const auto kept = (running < options.top_p).sum().item<std::int64_t>() + 1;
    const auto prefix = running.slice(0, 0, std::min(kept, running.size(0)));
    const auto drawn = (prefix <= u * prefix[-1]).sum().item<std::int64_t>();
    return ids[std::min(drawn, prefix.size(0) - 1)].item<std::int64_t>();
}

TEST(Sampler, DrawsByItsDefinition) {
    at::manual_seed(8);
    std::mt19937_64 random(6);
    for (const double top_p : {0.3, 0.9, 1.0})
        for (const std::int64_t top_k : {0, 1, 7, 4000}) {
            const SamplingOptions options{
                .temperature = 0.8, .top_p = top_p, .top_k = top_k, .seed = random()};
            Sampler sampler(options);
            std::mt19937_64 draws(options.seed);
            for (int i = 0; i < 30; ++i) {
                const auto logits = (3 * at::randn({3000})).mul(4).round().div(4);  // with equal ones
                const double u = static_cast<double>(draws() >> 11) * 0x1p-53;
                EXPECT_EQ(sampler.next(logits), drawn_by_definition(options, logits, u))
                    << "top-p " << top_p << ", top-k " << top_k;
            }
        }
}

TEST(Sampler, SameSeedSameTokens) {
    const auto logits = at::zeros({1000});
    const auto sequence = [&](std::uint64_t seed) {
        Sampler sampler({.temperature = 1, .seed = seed});
        std::vector<std::int64_t> ids(20);
        for (auto& id : ids) id = sampler.next(logits);
        return ids;
    };
    EXPECT_EQ(sequence(9), sequence(9));
    EXPECT_NE(sequence(9), sequence(10));
}

TEST(Sampler, RefusesOptionsWithoutAMeaning) {
    EXPECT_THROW(Sampler({.temperature = -1}), UsageError);
    EXPECT_THROW(Sampler({.temperature = std::nan("")}), UsageError);
    EXPECT_THROW(Sampler({.top_p = 0}), UsageError);
    EXPECT_THROW(Sampler({.top_p = 1.5}), UsageError);
    EXPECT_THROW(Sampler({.top_k = -1}), UsageError);
}

}  // namespace
}  // namespace dotmoe
