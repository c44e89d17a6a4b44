#include "align/schedule.h"

#include <gtest/gtest.h>

namespace dotmoe {
namespace {

TEST(Schedule, CosineStartsAtOneAndHalvesInTheMiddle) {
    EXPECT_DOUBLE_EQ(cosine_factor(0, 100), 1);
    EXPECT_NEAR(cosine_factor(50, 100), 0.5, 1e-12);
    EXPECT_LT(cosine_factor(99, 100), 1e-3);
}

TEST(Schedule, TemperatureFallsLinearlyThenStays) {
    EXPECT_DOUBLE_EQ(annealed_temperature(0, 100, 1.0, 0.1, 0.2), 1.0);
    EXPECT_NEAR(annealed_temperature(10, 100, 1.0, 0.1, 0.2), 0.55, 1e-12);
    EXPECT_NEAR(annealed_temperature(20, 100, 1.0, 0.1, 0.2), 0.1, 1e-12);
    EXPECT_NEAR(annealed_temperature(99, 100, 1.0, 0.1, 0.2), 0.1, 1e-12);
    EXPECT_DOUBLE_EQ(annealed_temperature(0, 100, 1.0, 0.1, 0.0), 0.1);
}

}  // namespace
}  // namespace dotmoe
