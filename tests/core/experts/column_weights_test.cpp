#include "experts/column_weights.h"

#include <gtest/gtest.h>

#include "experts/router.h"

namespace dotmoe {
namespace {

at::Tensor columns_of(const at::Tensor& logits, const Layout& layout,
                      const std::vector<std::int64_t>& texts) {
    auto weights = at::full({logits.size(0), layout.columns()}, -1.0F);
    column_weights(logits.const_data_ptr<float>(), texts, layout, weights.mutable_data_ptr<float>());
    return weights;
}

at::Tensor columns_of(const at::Tensor& logits, const Layout& layout) {
    return columns_of(logits, layout, {logits.size(0)});
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

TEST(ColumnWeights, EachTextIsRoutedByItself) {
    at::manual_seed(5);
    const auto logits = at::randn({30, 12});
    const std::vector<std::int64_t> texts{1, 20, 9};
    for (const RoutingOptions& routing :
         {RoutingOptions{RoutingRule::unit}, RoutingOptions{RoutingRule::expert_choice},
          RoutingOptions{RoutingRule::renormalised, 0, 1.0}}) {
        const Layout layout{12, 3, 4, routing};
        const auto found = columns_of(logits, layout, texts).split_with_sizes(texts);
        const auto alone = logits.split_with_sizes(texts);
        for (std::size_t i = 0; i < texts.size(); ++i)
            EXPECT_TRUE(at::equal(found[i], columns_of(alone[i], layout))) << static_cast<int>(routing.rule);
    }
    const Layout choice{12, 3, 4, {RoutingRule::expert_choice}};
    EXPECT_FALSE(at::equal(columns_of(logits, choice, texts), columns_of(logits, choice)))
        << "it looks at all tokens of a text";
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
