#include "experts/column_weights.h"

#include <gtest/gtest.h>

#include "experts/router.h"

namespace dotmoe {
namespace {

at::Tensor columns_of(const at::Tensor& logits, const Layout& layout) {
    auto weights = at::full({logits.size(0), layout.columns()}, -1.0F);
    column_weights(logits.const_data_ptr<float>(), logits.size(0), layout, weights.mutable_data_ptr<float>());
    return weights;
}

TEST(ColumnWeights, AreThoseOfTheRouterForEveryRule) {
    at::manual_seed(4);
    const auto logits = at::randn({200, 12});
    for (const auto rule : {RoutingRule::unit, RoutingRule::renormalised, RoutingRule::switch_,
                            RoutingRule::noisy, RoutingRule::expert_choice})
        for (const std::int64_t active : {1, 5, 12})
            for (const double factor : {0.0, 1.0}) {
                const Layout layout{12, active, 0, {rule, 0.1, factor}};
                const auto expected = route_logits(logits, layout).weights;
                const auto found = columns_of(logits, layout);
                EXPECT_TRUE(at::equal(found != 0, expected != 0)) << static_cast<int>(rule) << ' ' << active;
                EXPECT_TRUE(at::allclose(found, expected, 1e-5, 1e-7))
                    << static_cast<int>(rule) << ' ' << active;
            }
}

TEST(ColumnWeights, TheSharedColumnComesFirstAndAlwaysCounts) {
    const auto logits = at::tensor({0.5F, -1.0F, 2.0F}).unsqueeze(0);
    const auto weights = columns_of(logits, {.experts = 3, .active = 1, .shared = 8});
    EXPECT_TRUE(at::equal(weights, at::tensor({1.0F, 0.0F, 0.0F, 1.0F}).unsqueeze(0)));
}

TEST(ColumnWeights, EqualLogitsGoToTheLowestExpert) {
    const auto logits = at::tensor({-0.0F, 1.0F, 0.0F, 0.0F, -3.0F}).unsqueeze(0);
    for (const std::int64_t active : {1, 2, 3, 4}) {
        const Layout layout{.experts = 5, .active = active, .shared = 0};
        EXPECT_TRUE(at::equal(columns_of(logits, layout), route_logits(logits, layout).mask)) << active;
    }
}

}  // namespace
}  // namespace dotmoe
