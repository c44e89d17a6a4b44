#include "text/special_tokens.h"

#include <gtest/gtest.h>

namespace dotmoe {
namespace {

const SpecialTokens tokens({{"<a>", 1}, {"<a>b", 2}, {"b<", 3}, {"", 4}});

TEST(SpecialTokens, TheLeftmostThenTheLongest) {
    const auto found = tokens.find("..<a>b<", 0);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, 2);
    EXPECT_EQ(found->begin, 2U);
    EXPECT_EQ(found->end, 6U);
    EXPECT_EQ(tokens.find("xb<a>", 0)->id, 3);  // starts earlier than <a>
}

TEST(SpecialTokens, GoesOnFromWhereItIsAsked) {
    EXPECT_EQ(tokens.find("<a><a>", 1)->begin, 3U);
    EXPECT_FALSE(tokens.find("<a>", 1));
    EXPECT_FALSE(tokens.find("<a", 0));
    EXPECT_FALSE(tokens.find("", 0));
}

}  // namespace
}  // namespace dotmoe
