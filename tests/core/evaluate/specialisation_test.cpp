#include "evaluate/specialisation.h"

#include <ATen/CPUGeneratorImpl.h>
#include <gtest/gtest.h>

#include <cmath>

namespace dotmoe {
namespace {

/// Windows of the domains 0, 1, ..., 0, 1, ...
std::vector<std::int64_t> in_turn(std::int64_t windows, std::int64_t domains) {
    std::vector<std::int64_t> domain;
    for (std::int64_t w = 0; w < windows; ++w) domain.push_back(w % domains);
    return domain;
}

/// counts [W, E] of `tokens` draws a window from its own row of p [W, E] (or one for all).
at::Tensor drawn(const at::Tensor& p, std::int64_t windows, std::int64_t tokens, std::uint64_t seed) {
    const auto experts = p.size(-1);
    const auto chosen = at::multinomial(p.expand({windows, experts}), tokens, /*replacement=*/true,
                                        at::detail::createCPUGenerator(seed));
    return at::one_hot(chosen, experts).sum(1);
}

/// The plain estimate with Miller and Madow's correction of each entropy: + (cells used - 1) / (2 n), nats.
double miller_madow(const at::Tensor& table) {
    const auto used = [](const at::Tensor& counts) {
        return static_cast<double>((counts > 0).sum().item<std::int64_t>());
    };
    return mutual_information(table) + (used(table.sum(1)) + used(table.sum(0)) - used(table) - 1) /
                                           (2 * table.sum().item<double>() * std::log(2.0));
}

TEST(MutualInformation, AgreesWithTheWorkedCase) {
    // Of each domain's four tokens three go to its expert: I = 1 - H(1/4) = 2 (3/8) log2(3/2) + 2 (1/8)
    // log2(1/2).
    const auto counts = at::tensor({3, 1, 1, 3}, at::kLong).view({2, 2});
    EXPECT_NEAR(mutual_information(counts), 0.75 * std::log2(1.5) - 0.25, 1e-12);
    EXPECT_NEAR(entropy(at::tensor({1, 3}, at::kLong)), 2 - 0.75 * std::log2(3.0), 1e-12);
}

TEST(MutualInformation, IsThatOfTheExtremes) {
    EXPECT_NEAR(mutual_information(at::eye(8)), 3, 1e-12);  // an expert a domain
    EXPECT_NEAR(mutual_information(at::outer(at::arange(1, 4), at::arange(5, 9))), 0, 1e-12);
    EXPECT_NEAR(mutual_information(at::tensor({0, 0, 5, 1, 0, 3}).view({2, 3})),
                mutual_information(at::tensor({0, 5, 1, 3}).view({2, 2})), 1e-12);
}

TEST(Specialisation, ARouterThatIgnoresTheDomainReadsZero) {
    const auto p = at::rand({12}, at::detail::createCPUGenerator(3)) + 0.1;
    double plain = 0, corrected = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto counts = drawn(p, 40, 64, seed);
        const auto found = specialisation(counts, in_turn(40, 5), 5);
        plain += (found.bits + found.by_chance) / 20;
        corrected += found.bits / 20;
    }
    EXPECT_NEAR(plain, 4 * 11 / (2 * 40 * 64 * std::log(2.0)),
                2e-3);  // (D - 1)(E - 1) / 2n, chi-square's mean
    EXPECT_GT(plain, 0.01);
    EXPECT_NEAR(corrected, 0, 1e-3);
}

TEST(Specialisation, WindowsWithExpertsOfTheirOwnMakeNoDomain) {
    // Each window has favourites, whatever its domain: tokens that are no independent draws.
    double corrected = 0, by_tokens = 0;
    for (std::uint64_t seed = 0; seed < 20; ++seed) {
        const auto favourites = at::rand({40, 12}, at::detail::createCPUGenerator(100 + seed)).pow(3);
        const auto counts = drawn(favourites, 40, 256, seed);
        corrected += specialisation(counts, in_turn(40, 5), 5).bits / 20;
        by_tokens += miller_madow(counts_by_domain(counts, in_turn(40, 5), 5)) / 20;
    }
    EXPECT_NEAR(corrected, 0, 0.01);
    EXPECT_GT(by_tokens, 0.03) << "what takes tokens for independent sees domains where there are none";
}

TEST(Specialisation, FindsTheExpertOfADomain) {
    // Expert 2 reads half of domain 1 and a tenth of the others; the rest is spread evenly over the other
    // three.
    auto p = at::full({3, 4}, 0.3);
    p.select(1, 2).fill_(0.1);
    p[1] = at::tensor({1.0 / 6, 1.0 / 6, 0.5, 1.0 / 6});
    const auto counts = drawn(p.repeat({30, 1}), 90, 400, 5);
    const auto found = specialisation(counts, in_turn(90, 3), 3);
    EXPECT_EQ(found.expert, 2);
    EXPECT_EQ(found.domain, 1);
    EXPECT_NEAR(found.expert_share, 0.5 / 0.7, 0.02);
    const double truth = mutual_information(p.to(at::kDouble));
    // Of the windows' differences chance takes (domains - 1) / (W - 1).
    EXPECT_NEAR(found.by_chance, truth * 2 / 89, 0.2 * truth * 2 / 89 + 2e-4);
    EXPECT_NEAR(found.bits, truth, 0.1 * truth);
    EXPECT_NEAR(found.share, found.bits / std::log2(3.0), 1e-12);
    EXPECT_EQ(specialisation(counts, in_turn(90, 3), 3).bits, found.bits) << "the same every time";
}

TEST(Specialisation, AnExpertWithoutTokensTellsNothing) {
    const auto counts = at::tensor({4, 0, 1, 1, 0, 4, 4, 0, 1, 1, 0, 4}).view({4, 3});
    const auto found = specialisation(counts, {0, 1, 0, 1}, 2);
    EXPECT_NE(found.expert, 1);
    EXPECT_NEAR(found.bits + found.by_chance, 1 - entropy(at::tensor({1, 4})), 1e-12);
    EXPECT_DOUBLE_EQ(found.expert_share, 0.8);
}

TEST(CountsByDomain, AddsTheWindows) {
    const auto counts = at::arange(12).view({4, 3});
    EXPECT_TRUE(at::equal(counts_by_domain(counts, {1, 0, 1, 1}, 3),
                          at::stack({counts[1], counts[0] + counts[2] + counts[3], at::zeros({3}, at::kLong)})
                              .to(at::kDouble)));
}

}  // namespace
}  // namespace dotmoe
