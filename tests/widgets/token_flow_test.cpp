#include "widgets/token_flow.h"

#include <gtest/gtest.h>

namespace dotmoe {
namespace {

TEST(TokenFlow, WrapsAtTheWidthAndAtLineEnds) {
    const std::vector<FlowItem> items = {{40, false}, {40, false}, {30, false}, {10, true}, {5, false}};
    const auto boxes = flow(items, 100, 20, 2);
    EXPECT_EQ(boxes[0], QRectF(0, 0, 40, 20));
    EXPECT_EQ(boxes[1], QRectF(42, 0, 40, 20));
    EXPECT_EQ(boxes[2], QRectF(0, 22, 30, 20));   // 84 + 30 > 100
    EXPECT_EQ(boxes[3], QRectF(32, 22, 10, 20));  // ends its line
    EXPECT_EQ(boxes[4], QRectF(0, 44, 5, 20));
}

TEST(TokenFlow, ABoxThatFitsExactlyStays) {
    const std::vector<FlowItem> items = {{58, false}, {40, false}};
    EXPECT_EQ(flow(items, 100, 20, 2)[1].top(), 0);
}

TEST(TokenFlow, ATooWideBoxIsCutToItsLine) {
    const std::vector<FlowItem> items = {{10, false}, {400, false}, {10, false}};
    const auto boxes = flow(items, 100, 20, 2);
    EXPECT_EQ(boxes[1], QRectF(0, 22, 100, 20));
    EXPECT_EQ(boxes[2], QRectF(0, 44, 10, 20));
}

TEST(TokenFlow, Nothing) {
    EXPECT_TRUE(flow({}, 100, 20, 2).empty());
}

}  // namespace
}  // namespace dotmoe
