#include "model/sampling.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

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
