#include "widgets/plan_window.h"

#include <gtest/gtest.h>

namespace dotmoe {
namespace {

TEST(PlanWindow, ZoomsAboutTheAnchorWithinThePlan) {
    EXPECT_EQ(zoomed({0, 100}, 100, 0.5, 0.5, 8), (IndexRange{25, 75}));
    EXPECT_EQ(zoomed({0, 100}, 100, 0.5, 0, 8), (IndexRange{0, 50}));
    EXPECT_EQ(zoomed({0, 100}, 100, 0.5, 1, 8), (IndexRange{50, 100}));
    EXPECT_EQ(zoomed({50, 100}, 100, 2, 0.5, 8), (IndexRange{0, 100}));
    EXPECT_EQ(zoomed({60, 70}, 100, 2, 0.5, 8), (IndexRange{55, 75}));
    EXPECT_EQ(zoomed({60, 68}, 100, 0.5, 0.5, 8), (IndexRange{60, 68})) << "no nearer";
    EXPECT_EQ(zoomed({0, 3}, 3, 0.5, 0.5, 8), (IndexRange{0, 3})) << "fewer than the least";
    EXPECT_EQ(zoomed({10, 12}, 100, 1.25, 0, 1), (IndexRange{10, 13})) << "each turn shows";
}

TEST(PlanWindow, MovesAsFarAsThePlanGoes) {
    EXPECT_EQ(moved({10, 20}, 100, 5), (IndexRange{15, 25}));
    EXPECT_EQ(moved({10, 20}, 100, -50), (IndexRange{0, 10}));
    EXPECT_EQ(moved({10, 20}, 100, 500), (IndexRange{90, 100}));
    EXPECT_EQ(movedToHold({10, 20}, 100, 12), (IndexRange{10, 20}));
    EXPECT_EQ(movedToHold({10, 20}, 100, 20), (IndexRange{11, 21}));
    EXPECT_EQ(movedToHold({10, 20}, 100, 3), (IndexRange{3, 13}));
}

TEST(PlanWindow, FitsIntoAPlanOfAnotherSize) {
    EXPECT_EQ(fitted({10, 20}, 100, 100), (IndexRange{10, 20}));
    EXPECT_EQ(fitted({0, 100}, 100, 64), (IndexRange{0, 64})) << "all is all";
    EXPECT_EQ(fitted({0, 64}, 64, 100), (IndexRange{0, 100}));
    EXPECT_EQ(fitted({10, 20}, 100, 64), (IndexRange{10, 20})) << "the same cells where both have them";
    EXPECT_EQ(fitted({60, 70}, 100, 64), (IndexRange{54, 64})) << "moved";
    EXPECT_EQ(fitted({10, 90}, 100, 64), (IndexRange{0, 64})) << "cut";
}

}  // namespace
}  // namespace dotmoe
