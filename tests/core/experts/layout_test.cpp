#include "experts/layout.h"

#include <gmock/gmock.h>

#include <numeric>

#include "base/error.h"

namespace dotmoe {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Layout, TheDefaultFitsSmolLm2) {
    const Layout layout;
    check_layout(layout, 1536);
    EXPECT_EQ(layout.capacity(1536), 16);
    EXPECT_EQ(layout.columns(), 85);
    EXPECT_EQ(layout.first_routed(), 1);
    EXPECT_DOUBLE_EQ(layout.active_share(1536), 0.25);
    const auto capacities = layout.capacities(1536);
    EXPECT_EQ(std::accumulate(capacities.begin(), capacities.end(), std::int64_t{0}), 1536);
    EXPECT_EQ(capacities.front(), 192);
    EXPECT_EQ(capacities.back(), 16);
}

TEST(Layout, WithoutSharedNeuronsThereIsNoSharedColumn) {
    const Layout layout{.experts = 3, .active = 1, .shared = 0};
    EXPECT_THAT(layout.capacities(12), ElementsAre(4, 4, 4));
    EXPECT_EQ(layout.columns(), 3);
    EXPECT_EQ(layout.first_routed(), 0);
}

TEST(CheckLayout, NamesTheNearestWorkableExperts) {
    const auto check = [](Layout layout, std::int64_t neurons) {
        return [=] { check_layout(layout, neurons); };
    };
    EXPECT_THAT(check({80, 12, 192}, 1536),
                ThrowsMessage<UsageError>("1536 - 192 shared neurons do not divide into 80 experts; "
                                          "84 (16 each) or 64 (21 each) would"));
    EXPECT_THAT(check({65, 12, 192}, 1536),
                ThrowsMessage<UsageError>(HasSubstr("64 (21 each) or 84 (16 each) would")));
    EXPECT_THAT(check({100, 12, 0}, 12), ThrowsMessage<UsageError>(HasSubstr("; 12 (1 each) would")));
    EXPECT_THAT(check({5, 1, 0}, 13),
                ThrowsMessage<UsageError>(HasSubstr("; 1 (13 each) or 13 (1 each) would")));
}

TEST(CheckLayout, NamesTheRuleThatIsBroken) {
    EXPECT_THAT([] { check_layout({0, 1, 0}, 8); }, ThrowsMessage<UsageError>(HasSubstr("0 experts")));
    EXPECT_THAT([] { check_layout({4, 5, 0}, 8); }, ThrowsMessage<UsageError>(HasSubstr("between 1 and 4")));
    EXPECT_THAT([] { check_layout({4, 0, 0}, 8); }, ThrowsMessage<UsageError>(HasSubstr("0 active")));
    EXPECT_THAT([] { check_layout({4, 2, 8}, 8); }, ThrowsMessage<UsageError>(HasSubstr("between 0 and 7")));
    EXPECT_THAT([] { check_layout({4, 2, -4}, 8); }, ThrowsMessage<UsageError>(HasSubstr("-4 shared")));
}

}  // namespace
}  // namespace dotmoe
