#include "evaluate/expert_statistics.h"

#include <ATen/CPUGeneratorImpl.h>
#include <gtest/gtest.h>

#include <cmath>

#include "evaluate/specialisation.h"

namespace dotmoe {
namespace {

/// R [T, E] of k random experts a token.
at::Tensor random_choices(std::int64_t tokens, std::int64_t experts, std::int64_t active,
                          std::uint64_t seed) {
    const auto chosen = std::get<1>(
        at::rand({tokens, experts}, at::detail::createCPUGenerator(seed)).topk(active, /*dim=*/1));
    return at::zeros({tokens, experts}).scatter_(1, chosen, 1);
}

TEST(DomainAffinity, IsTheShareOverWhatTheDomainsSizePredicts) {
    // 100 tokens, 75 of the first domain. Expert 0 takes none of the second, 1 both alike, 2 nothing.
    const auto counts = at::tensor({30, 15, 0, 0, 5, 0}, at::kLong).view({2, 3});
    const auto affinity = domain_affinity(counts, at::tensor({75, 25}, at::kLong));
    EXPECT_NEAR(affinity[0][0].item<double>(), 4.0 / 3, 1e-12);
    EXPECT_EQ(affinity[1][0].item<double>(), 0);
    EXPECT_NEAR(affinity[0][1].item<double>(), 1, 1e-12);
    EXPECT_NEAR(affinity[1][1].item<double>(), 1, 1e-12);
    EXPECT_TRUE(affinity.select(1, 2).isnan().all().item<bool>());

    const auto entropies = domain_entropies(counts);
    EXPECT_EQ(entropies[0].item<double>(), 0);
    EXPECT_NEAR(entropies[1].item<double>(), 2 - 0.75 * std::log2(3.0), 1e-12);
    EXPECT_TRUE(std::isnan(entropies[2].item<double>()));
}

TEST(DomainAffinity, WeighedByTheDomainsIsOne) {
    const auto mask = random_choices(600, 12, 3, 4);
    const auto counts =
        at::stack({mask.slice(0, 0, 100).sum(0), mask.slice(0, 100, 350).sum(0), mask.slice(0, 350).sum(0)});
    const auto sizes = at::tensor({100, 250, 250}, at::kDouble);
    const auto sum = (domain_affinity(counts, sizes) * (sizes / 600).unsqueeze(1)).sum(0);
    EXPECT_LT((sum - 1).abs().max().item<double>(), 1e-12);
    // The mean over the experts' tokens of H(d | e) is H(d) - I(d; e).
    const auto of_expert = counts.sum(0).to(at::kDouble);
    const auto mean = (domain_entropies(counts) * of_expert).sum() / of_expert.sum();
    EXPECT_NEAR(mean.item<double>(), entropy(sizes) - mutual_information(counts), 1e-9);
}

TEST(TokenEntropy, IsThatOfTheExtremes) {
    EXPECT_NEAR(token_entropy(at::full({5, 8}, 1.0 / 8)), 3, 1e-6);
    EXPECT_EQ(token_entropy(at::eye(4)), 0);
    EXPECT_NEAR(token_entropy(at::cat({at::eye(4), at::full({4, 4}, 0.25)})), 1, 1e-6);
}

TEST(ChoiceCorrelation, AgreesWithTheWorkedCases) {
    // Experts 0 and 1 always together, 2 exactly when they are not, 3 by chance, 4 never, 5 always.
    const auto mask =
        at::tensor({1, 1, 0, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 0, 0, 1}, at::kFloat)
            .view({4, 6});
    const auto phi = choice_correlation(mask);
    const double wanted[4][4] = {{1, 1, -1, 0}, {1, 1, -1, 0}, {-1, -1, 1, 0}, {0, 0, 0, 1}};
    for (int a = 0; a < 4; ++a)
        for (int b = 0; b < 4; ++b) EXPECT_NEAR(phi[a][b].item<double>(), wanted[a][b], 1e-12) << a << b;
    for (const int undefined : {4, 5}) {
        EXPECT_TRUE(phi[undefined].isnan().all().item<bool>());
        EXPECT_TRUE(phi.select(1, undefined).isnan().all().item<bool>());
    }
}

TEST(ChoiceCorrelation, AFixedNumberOfExpertsATokenSumsToNothing) {
    // sum_b cov(a, b) = cov(a, k) = 0.
    const auto mask = random_choices(500, 10, 3, 9);
    const auto phi = choice_correlation(mask);
    const auto p = mask.mean(0).to(at::kDouble);
    const auto spread = (p * (1 - p)).sqrt();
    EXPECT_LT(phi.matmul(spread).abs().max().item<double>(), 1e-6);
    EXPECT_TRUE(at::allclose(phi, phi.t()));
    EXPECT_TRUE(at::allclose(phi, at::corrcoef(mask.t().to(at::kDouble)), 1e-5, 1e-6));
}

TEST(TopTokens, AreTheChosenOnesOfLargestProbability) {
    const auto p = at::tensor({0.9F, 0.1F, 0.2F, 0.8F, 0.6F, 0.4F, 0.7F, 0.3F}).view({4, 2});
    const auto mask = at::tensor({1, 0, 0, 1, 1, 1, 0, 0}, at::kFloat).view({4, 2});
    const auto top = top_tokens(p, mask, 3);
    EXPECT_TRUE(at::equal(top, at::tensor({0, 1, 2, 2, -1, -1}, at::kLong).view({3, 2}))) << top;
    EXPECT_EQ(top_tokens(p, mask, 10).size(0), 4);
}

}  // namespace
}  // namespace dotmoe
