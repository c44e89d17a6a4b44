#include "transport/constraints.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "support/finite_difference.h"
#include "transport/implicit_gradient.h"
#include "transport/rounding.h"
#include "transport/sinkhorn.h"

namespace dotmoe {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;
using Kind = Constraint::Kind;

at::Tensor random(at::IntArrayRef shape, std::uint64_t seed) {
    return at::randn(shape, at::make_generator<at::CPUGeneratorImpl>(seed), at::TensorOptions(at::kDouble));
}

/// Every way to deal N neurons out: called with the owners of each plan that keeps the capacities and
/// `allowed`.
template <typename Visit>
void for_each_plan(const at::Tensor& allowed, Capacities room, std::vector<std::int64_t>& owner,
                   const Visit& visit) {
    const auto neuron = static_cast<std::int64_t>(owner.size());
    if (neuron == allowed.size(0)) return visit(owner);
    for (std::size_t e = 0; e < room.size(); ++e) {
        if (room[e] == 0 || !allowed[neuron][static_cast<std::int64_t>(e)].item<bool>()) continue;
        --room[e];
        owner.push_back(static_cast<std::int64_t>(e));
        for_each_plan(allowed, room, owner, visit);
        owner.pop_back();
        ++room[e];
    }
}

std::vector<Constraint> random_constraints(std::uint64_t seed, std::int64_t neurons, std::int64_t columns) {
    const auto draw =
        at::rand({neurons, columns}, at::make_generator<at::CPUGeneratorImpl>(seed), at::kDouble);
    std::vector<Constraint> result;
    for (std::int64_t i = 0; i < neurons; ++i)
        for (std::int64_t e = 0; e < columns; ++e)
            if (draw[i][e].item<double>() < 0.35) result.push_back({Kind::forbid, i, e});
    return result;
}

TEST(Constraints, KeepWhatSomePlanUsesAndTheBestPlanIsFound) {
    const Capacities capacities{2, 2, 1, 1};
    int feasible = 0, refused = 0;
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        SCOPED_TRACE(seed);
        const auto constraints = random_constraints(seed, 6, 4);
        const auto affinity = random({6, 4}, seed + 100);
        auto asked = at::ones({6, 4}, at::kBool);
        for (const auto& [kind, neuron, column] : constraints) asked[neuron][column] = false;
        auto used = at::zeros({6, 4}, at::kBool);
        double best = -std::numeric_limits<double>::infinity();
        std::vector<std::int64_t> owner;
        for_each_plan(asked, capacities, owner, [&](const std::vector<std::int64_t>& plan) {
            double value = 0;
            for (std::int64_t i = 0; i < 6; ++i) {
                used[i][plan[i]] = true;
                value += affinity[i][plan[i]].item<double>();
            }
            best = std::max(best, value);
        });
        if (!used.any().item<bool>()) {
            ++refused;
            EXPECT_THROW(allowed_columns(6, capacities, constraints), UsageError);
            continue;
        }
        ++feasible;
        const auto allowed = allowed_columns(6, capacities, constraints);
        EXPECT_TRUE(at::equal(allowed, used));
        const auto rounded = round_exact(affinity, capacities, std::nullopt, allowed);
        EXPECT_NEAR(plan_value(affinity, rounded.owner), best, 1e-12);

        const auto soft =
            sinkhorn(affinity, capacities,
                     {.temperature = 0.5, .max_iterations = 2000, .tolerance = 1e-9, .allowed = allowed});
        EXPECT_TRUE(soft.converged);
        EXPECT_EQ(soft.plan.masked_select(allowed.logical_not()).sum().item<double>(), 0);
    }
    EXPECT_GT(feasible, 10);
    EXPECT_GT(refused, 5);
}

TEST(Constraints, APinnedNeuronStaysAndTheRestMakeRoom) {
    const Capacities capacities{3, 3, 3};
    auto affinity = random({9, 3}, 1);
    affinity[4][0] += 50;
    const auto allowed = allowed_columns(9, capacities, {{Kind::pin, 4, 2}, {Kind::forbid, 0, 1}});
    const auto owner = round_exact(affinity, capacities, std::nullopt, allowed).owner;
    EXPECT_EQ(owner[4].item<std::int64_t>(), 2);
    EXPECT_NE(owner[0].item<std::int64_t>(), 1);
    EXPECT_TRUE(at::equal(at::bincount(owner), at::full({3}, 3, at::kLong)));
}

TEST(Constraints, GradientIsThatOfTheConstrainedProblem) {
    const Capacities capacities{4, 3, 2, 3};
    const auto affinity = random({12, 4}, 2), weight = random({12, 4}, 3);
    const SinkhornOptions options{
        .temperature = 0.4,
        .max_iterations = 5000,
        .tolerance = 1e-13,
        .allowed =
            allowed_columns(12, capacities, {{Kind::pin, 0, 3}, {Kind::forbid, 5, 0}, {Kind::forbid, 6, 0}})};
    const auto loss = [&](const at::Tensor& a) {
        return (sinkhorn(a, capacities, options).plan * weight).square().sum();
    };
    auto leaf = affinity.clone().set_requires_grad(true);
    (transport_plan(leaf, capacities, options) * weight).square().sum().backward();
    EXPECT_LT(test::relative_difference(leaf.grad(), test::finite_difference(loss, affinity)), 1e-6);
}

TEST(Constraints, SayWhatCannotBe) {
    const Capacities capacities{2, 2};
    EXPECT_THAT(
        [&] {
            allowed_columns(4, capacities, {{Kind::pin, 4, 0}});
        },
        ThrowsMessage<UsageError>(HasSubstr("neuron 4 and column 0")));
    EXPECT_THAT(
        [&] {
            allowed_columns(4, capacities, {{Kind::pin, 1, 0}, {Kind::pin, 1, 1}});
        },
        ThrowsMessage<UsageError>(HasSubstr("neuron 1 is left without a column")));
    EXPECT_THAT(
        [&] {
            allowed_columns(4, capacities, {{Kind::pin, 0, 0}, {Kind::pin, 1, 0}, {Kind::pin, 2, 0}});
        },
        ThrowsMessage<UsageError>(HasSubstr("no plan obeys")));
    EXPECT_THROW(only_allowed(at::zeros({4, 3}), at::ones({4, 2}, at::kBool)), Error);
}

}  // namespace
}  // namespace dotmoe
