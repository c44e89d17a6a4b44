#include "experts/expert_set.h"

#include <gtest/gtest.h>

namespace dotmoe {
namespace {

TEST(NeuronsOfColumns, ListsEachNeuronOnceInOrder) {
    const Layout layout{.experts = 2, .active = 1, .shared = 2};
    const auto columns = neurons_of_columns(at::tensor({1, 0, 2, 1, 0, 2}, at::kLong), layout);
    ASSERT_EQ(columns.size(), 3U);
    EXPECT_TRUE(at::equal(columns[0], at::tensor({1, 4}, at::kLong)));
    EXPECT_TRUE(at::equal(columns[1], at::tensor({0, 3}, at::kLong)));
    EXPECT_TRUE(at::equal(columns[2], at::tensor({2, 5}, at::kLong)));
}

TEST(NeuronsOfColumns, ColumnsOfARandomSplitCoverEveryNeuron) {
    const Layout layout{.experts = 84, .active = 12, .shared = 192};
    const auto capacities = layout.capacities(1536);
    const auto columns = at::repeat_interleave(at::arange(85), at::tensor(capacities, at::kLong));
    const auto owner = columns.index_select(0, at::randperm(1536, at::kLong));
    const auto neurons = neurons_of_columns(owner, layout);
    for (std::size_t e = 0; e < neurons.size(); ++e) {
        EXPECT_EQ(neurons[e].numel(), capacities[e]);
        EXPECT_TRUE(owner.index_select(0, neurons[e]).eq(static_cast<std::int64_t>(e)).all().item<bool>());
    }
    EXPECT_TRUE(at::equal(std::get<0>(at::cat(neurons).sort()), at::arange(1536)));
}

}  // namespace
}  // namespace dotmoe
