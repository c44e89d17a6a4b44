#include "recording/levels.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace dotmoe {
namespace {

TEST(Levels, ErrorStaysWithinItsBound) {
    for (const float largest : {1.0F, 0.03F, 1e-6F, 512.0F}) {
        std::vector<float> values;
        for (int i = 0; i <= 10'000; ++i) values.push_back(largest * static_cast<float>(i) / 10'000);
        const auto back = from_levels(to_levels(values));
        for (std::size_t i = 0; i < values.size(); ++i) {
            const float bound = std::sqrt(values[i] * largest) / 255 + largest / 260'100;
            EXPECT_LE(std::abs(back[i] - values[i]), 1.01F * bound) << values[i];
            EXPECT_LE(std::abs(back[i] - values[i]), 0.005F * largest) << values[i];
        }
    }
}

TEST(Levels, ZeroAndTheLargestAreExact) {
    const auto back = from_levels(to_levels(std::vector<float>{0, 0.7F, 0.1F}));
    EXPECT_EQ(back[0], 0);
    EXPECT_EQ(back[1], 0.7F);
}

TEST(Levels, OrderIsKept) {
    std::vector<float> values;
    for (int i = 0; i < 1000; ++i) values.push_back(std::exp(-0.02F * static_cast<float>(i)));
    const auto back = from_levels(to_levels(values));
    EXPECT_TRUE(std::is_sorted(back.rbegin(), back.rend()));
}

TEST(Levels, WhatIsNoMassIsZero) {
    const float nan = std::numeric_limits<float>::quiet_NaN(), inf = std::numeric_limits<float>::infinity();
    const auto back = from_levels(to_levels(std::vector<float>{nan, -1, 0.5F}));
    EXPECT_EQ(back, (std::vector<float>{0, 0, 0.5F}));
    EXPECT_EQ(from_levels(to_levels(std::vector<float>{inf, 0.5F})), (std::vector<float>{0.5F, 0.5F}));
    EXPECT_EQ(from_levels(to_levels(std::vector<float>{0, 0})), (std::vector<float>{0, 0}));
    EXPECT_TRUE(from_levels(to_levels({})).empty());
}

}  // namespace
}  // namespace dotmoe
