#include "transport/rounding.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <numeric>
#include <random>

#include "base/error.h"
#include "transport/column_exchange.h"
#include "transport/diagnostics.h"
#include "transport/sinkhorn.h"

namespace dotmoe::rounding_test {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

struct Case {
    at::Tensor affinity;
    Capacities capacities;
};

at::Tensor random(at::IntArrayRef shape, std::uint64_t seed) {
    return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions(at::kDouble));
}

Capacities random_capacities(std::int64_t neurons, std::int64_t columns, std::mt19937_64& random_bits) {
    Capacities result(columns, 1);
    std::vector<double> share(columns);
    for (auto& s : share) s = std::generate_canonical<double, 53>(random_bits);
    const double total = std::accumulate(share.begin(), share.end(), 0.0);
    auto left = neurons - columns;
    for (std::int64_t e = 0; e < columns; ++e) {
        const auto extra =
            std::min<std::int64_t>(left, static_cast<std::int64_t>(share[e] / total * (neurons - columns)));
        result[e] += extra;
        left -= extra;
    }
    result[0] += left;
    return result;
}

/// Noise, small integers (many ties), one column wanted by all, all equal, rank one: in turn.
Case random_case(std::uint64_t seed, std::int64_t most_neurons) {
    std::mt19937_64 random_bits(seed);
    const auto columns = 2 + static_cast<std::int64_t>(random_bits() % 255);
    const auto neurons = columns + static_cast<std::int64_t>(random_bits() % (most_neurons - columns + 1));
    auto affinity = random({neurons, columns}, seed);
    switch (seed % 5) {
        case 1:
            affinity = affinity.mul(1.5).round();
            break;
        case 2:
            affinity.select(1, columns / 2) += 20;
            break;
        case 3:
            affinity.fill_(0.75);
            break;
        case 4:
            affinity = random({neurons, 1}, seed + 1) * random({1, columns}, seed + 2);
            break;
    }
    if (seed % 2) affinity = affinity.to(at::kFloat);
    return {affinity, random_capacities(neurons, columns, random_bits)};
}

void expect_feasible(const at::Tensor& owner, const Case& problem) {
    ASSERT_EQ(owner.sizes(), at::IntArrayRef({problem.affinity.size(0)}));
    ASSERT_EQ(owner.scalar_type(), at::kLong);
    ASSERT_GE(owner.min().item<std::int64_t>(), 0);
    const auto counts = at::bincount(owner, {}, problem.affinity.size(1));
    EXPECT_TRUE(at::equal(counts, at::tensor(problem.capacities, at::kLong)));
}

/// Largest gain left along a cycle of columns, by Floyd-Warshall over the moves e->f: 0 for an optimal plan.
double best_cycle(const at::Tensor& affinity, const at::Tensor& owner) {
    const auto neurons = affinity.size(0), columns = affinity.size(1);
    const auto values = affinity.to(at::kDouble).contiguous();
    const auto* a = values.const_data_ptr<double>();
    const auto* own = owner.const_data_ptr<std::int64_t>();
    std::vector<double> length(columns * columns, std::numeric_limits<double>::infinity());
    const auto shorten = [&](std::int64_t from, std::int64_t to, double candidate) {
        auto& current = length[from * columns + to];
        current = std::min(current, candidate);
    };
    for (std::int64_t i = 0; i < neurons; ++i)
        for (std::int64_t e = 0; e < columns; ++e)
            shorten(own[i], e, a[i * columns + own[i]] - a[i * columns + e]);
    for (std::int64_t via = 0; via < columns; ++via)
        for (std::int64_t from = 0; from < columns; ++from)
            for (std::int64_t to = 0; to < columns; ++to)
                shorten(from, to, length[from * columns + via] + length[via * columns + to]);
    double worst = 0;
    for (std::int64_t e = 0; e < columns; ++e) worst = std::max(worst, -length[e * columns + e]);
    return worst;
}

int property_cases() {
    const char* more = std::getenv("DOTMOE_PROPERTY_CASES");
    return more ? std::atoi(more) : 200;
}

TEST(RoundExact, IsFeasibleAndOptimalOnRandomProblems) {
    for (int seed = 0; seed < property_cases(); ++seed) {
        const auto problem = random_case(seed, seed % 40 == 0 ? 16384 : 1500);
        SCOPED_TRACE(seed);
        const auto owner = round_exact(problem.affinity, problem.capacities).owner;
        expect_feasible(owner, problem);
        EXPECT_LT(best_cycle(problem.affinity, owner), 1e-9);
        if (HasFatalFailure()) return;
    }
}

TEST(RoundExact, PricesChangeTheWayButNotTheValue) {
    for (int seed = 0; seed < 20; ++seed) {
        SCOPED_TRACE(seed);
        const auto problem = random_case(seed, 600);
        const double best =
            plan_value(problem.affinity, round_exact(problem.affinity, problem.capacities).owner);
        const auto columns = problem.affinity.size(1);
        for (const auto& prices :
             {at::zeros({columns}), at::randn({columns}).mul(5), at::full({columns}, -1e6)}) {
            const auto owner = round_exact(problem.affinity, problem.capacities, prices).owner;
            expect_feasible(owner, problem);
            EXPECT_NEAR(plan_value(problem.affinity, owner), best, 1e-6 * (1 + std::abs(best)));
        }
    }
}

TEST(RoundExact, TakesPricesFromSinkhorn) {
    const Capacities capacities{192, 64, 64, 64, 64, 64};
    const auto affinity = random({512, 6}, 3);
    const double tau = 0.1;
    const auto solved = sinkhorn(affinity, capacities, {.temperature = tau});
    const auto owner = round_exact(affinity, capacities, solved.g * -tau).owner;
    EXPECT_TRUE(at::equal(owner, round_exact(affinity, capacities).owner));
}

TEST(RoundExact, PricesProveThePlan) {
    for (int seed = 0; seed < 20; ++seed) {
        const auto problem = random_case(seed, 800);
        const auto [owner, prices] = round_exact(problem.affinity, problem.capacities);
        const double scale = 1 + problem.affinity.abs().max().item<double>();
        EXPECT_GT(margins(problem.affinity, owner, prices).min().item<double>(), -1e-9 * scale) << seed;
    }
}

TEST(RoundExact, RowAndColumnShiftsChangeNothing) {
    const Capacities capacities{40, 20, 20, 20};
    const auto affinity = random({100, 4}, 4);
    const auto shifted = affinity + random({100, 1}, 5) * 100 + random({1, 4}, 6) * 10;
    EXPECT_TRUE(at::equal(round_exact(affinity, capacities).owner, round_exact(shifted, capacities).owner));
}

TEST(RoundExact, AgreesWithTheLimitOfTheSoftPlan) {
    const Capacities capacities{3, 3, 3, 3};
    const auto affinity = random({12, 4}, 7);
    const auto soft =
        sinkhorn(affinity, capacities, {.temperature = 0.03, .max_iterations = 2000, .tolerance = 1e-3});
    EXPECT_TRUE(at::equal(round_exact(affinity, capacities).owner, soft.plan.argmax(1)));
}

TEST(RoundExact, TiesGoToTheLowestColumn) {
    const auto owner = round_exact(at::zeros({6, 3}), {2, 2, 2}).owner;
    EXPECT_TRUE(at::equal(at::bincount(owner), at::full({3}, 2, at::kLong)));
    EXPECT_TRUE(at::equal(owner, round_exact(at::full({6, 3}, 7.0), {2, 2, 2}).owner));
    EXPECT_TRUE(at::equal(round_exact(at::zeros({5, 1}), {5}).owner, at::zeros({5}, at::kLong)));
}

TEST(RoundExact, RefusesBadProblems) {
    auto affinity = random({6, 3}, 8);
    EXPECT_THROW(round_exact(affinity, {2, 2, 3}), Error);
    EXPECT_THROW(round_exact(affinity.unsqueeze(0), {2, 2, 2}), Error);
    EXPECT_THROW(round_exact(affinity, {2, 2, 2}, at::zeros({2})), Error);
    EXPECT_THROW(round_exact(affinity, {2, 2, 2}, at::full({3}, NAN)), Error);
    EXPECT_THROW(round_exact(affinity * 1e200, {2, 2, 2}), Error);
    affinity[1][2] = NAN;
    EXPECT_THAT(
        [&] {
            round_exact(affinity, {2, 2, 2});
        },
        ThrowsMessage<Error>(HasSubstr("nan at neuron 1, column 2")));
    EXPECT_THROW(round_greedy(affinity, {2, 2, 2}), Error);
}

TEST(ColumnExchange, KeepsComplementarySlackness) {
    const auto problem = random_case(11, 3000);
    const auto values = problem.affinity.to(at::kDouble).contiguous();
    ColumnExchange exchange({values.const_data_ptr<double>(), static_cast<std::size_t>(values.numel())},
                            problem.capacities, std::vector<double>(problem.capacities.size(), 0.0));
    EXPECT_GT(exchange.excess(), 0);
    EXPECT_TRUE(exchange.complementary_slack(0));
    exchange.fill();
    EXPECT_EQ(exchange.excess(), 0);
    EXPECT_TRUE(exchange.complementary_slack(1e-12));
}

TEST(RoundGreedy, TakesTheBestFreePairEachTime) {
    // 9 (0,0), then 8 is blocked (column 0 full), 5 (1,1); 2x2 optimum is 8 + 7.
    const auto scores = at::tensor({9.0, 7.0, 8.0, 5.0}).view({2, 2});
    EXPECT_TRUE(at::equal(round_greedy(scores, {1, 1}), at::tensor({0, 1}, at::kLong)));
    EXPECT_TRUE(at::equal(round_exact(scores, {1, 1}).owner, at::tensor({1, 0}, at::kLong)));
}

TEST(RoundGreedy, IsFeasible) {
    for (int seed = 0; seed < 25; ++seed) {
        const auto problem = random_case(seed, 1000);
        expect_feasible(round_greedy(problem.affinity, problem.capacities), problem);
    }
}

TEST(GreedyGap, MeasuresBetweenChanceAndTheOptimum) {
    // exact 15, greedy 14, mean 14.5.
    const auto scores = at::tensor({9.0, 7.0, 8.0, 5.0}).view({2, 2});
    EXPECT_NEAR(greedy_gap(scores, {1, 1}, round_exact(scores, {1, 1}).owner), 2.0, 1e-12);
    const auto easy = at::eye(3).mul(4);
    EXPECT_EQ(greedy_gap(easy, {1, 1, 1}, round_exact(easy, {1, 1, 1}).owner), 0);
    EXPECT_EQ(greedy_gap(at::ones({4, 2}), {2, 2}, at::tensor({0, 0, 1, 1}, at::kLong)), 0);
}

}  // namespace
}  // namespace dotmoe::rounding_test
