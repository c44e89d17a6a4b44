#include "align/placement.h"

#include <gmock/gmock.h>

#include "align/assignment.h"
#include "base/error.h"

namespace dotmoe::placement_test {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

constexpr std::int64_t neurons = 16;

Recipe with(std::vector<NeuronPlace> pin, std::vector<NeuronPlace> forbid) {
    Recipe recipe;
    recipe.layout = {.experts = 6, .active = 2, .shared = 4};
    recipe.constraints = {std::move(pin), std::move(forbid)};
    return recipe;
}

TEST(Placement, IsFreeWithoutConstraints) {
    EXPECT_FALSE(allowed_in_layers(with({}, {}), 3, neurons));
    EXPECT_FALSE(allowed_in_layer(std::nullopt, 2));
}

TEST(Placement, CountsExpertsBehindTheSharedColumn) {
    const auto allowed = allowed_in_layers(with({{1, 5, 2}, {2, 7, -1}}, {{0, 3, 0}}), 3, neurons);
    ASSERT_TRUE(allowed);
    EXPECT_EQ(allowed->sizes(), at::IntArrayRef({3, neurons, 7}));
    EXPECT_TRUE(at::equal((*allowed)[1][5].nonzero().flatten(), at::tensor({3}, at::kLong)));
    EXPECT_TRUE(at::equal((*allowed)[2][7].nonzero().flatten(), at::tensor({0}, at::kLong)));
    EXPECT_FALSE((*allowed)[0][3][1].item<bool>());
    EXPECT_TRUE((*allowed)[0][3][2].item<bool>());
    EXPECT_TRUE((*allowed)[1][4].all().item<bool>());
}

TEST(Placement, NamesTheLayerThatCannotBe) {
    EXPECT_THAT(
        [] {
            allowed_in_layers(with({{3, 0, 0}}, {}), 3, neurons);
        },
        ThrowsMessage<UsageError>(HasSubstr("layer 3")));
    EXPECT_THAT(
        [] {
            allowed_in_layers(with({{1, 0, 0}, {1, 1, 0}, {1, 2, 0}}, {}), 3, neurons);
        },
        ThrowsMessage<UsageError>(HasSubstr("layer 1: no plan obeys")));
}

TEST(Placement, TrainingKeepsTheConstraints) {
    const auto recipe = with({{0, 5, 2}, {1, 7, -1}}, {{0, 3, 0}});
    const auto allowed = allowed_in_layers(recipe, 2, neurons);
    const auto& layout = recipe.layout;
    const auto dealt = at::cat({at::zeros({4}, at::kLong), at::arange(12, at::kLong).remainder(6).add(1)});
    const auto start = moved_to_allowed(dealt, {layout, allowed_in_layer(allowed, 0)});
    EXPECT_EQ(start[5].item<std::int64_t>(), 3);
    at::manual_seed(1);
    Assignment assignment(at::randn({2, neurons, 7}), at::randn({2, 8, 6}), layout,
                          {.affinity_lr = 0.5, .sinkhorn = {.allowed = allowed}});
    for (int step = 0; step < 5; ++step) {
        const auto plans = assignment.solve(0.3);
        for (std::int64_t l = 0; l < 2; ++l) {
            const auto mask = (*allowed)[l];
            EXPECT_TRUE(
                mask.gather(1, plans.owner[static_cast<std::size_t>(l)].unsqueeze(1)).all().item<bool>());
            EXPECT_EQ(plans.soft[l].masked_select(mask.logical_not()).abs().sum().item<float>(), 0);
        }
        (plans.soft * at::randn({2, neurons, 7})).sum().backward();
        (assignment.router(0).sum() + assignment.router(1).sum()).backward();
        assignment.step(1);
    }
    EXPECT_TRUE(at::isfinite(assignment.affinity(0)).all().item<bool>());
}

}  // namespace
}  // namespace dotmoe::placement_test
