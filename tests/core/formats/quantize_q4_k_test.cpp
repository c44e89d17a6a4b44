// What the blocks give back, through the reader (dequantize_test.cpp, and bit for bit against the gguf
// package).
#include "formats/quantize_q4_k.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "formats/dequantize.h"

namespace dotmoe {
namespace {

using Block = std::array<float, q4_k_values>;

Block there_and_back(const Block& values) {
    std::array<std::byte, q4_k_bytes> bytes{};
    quantize_q4_k(values.data(), bytes.data());
    Block found{};
    gguf::dequantize(gguf::TensorType::Q4_K, bytes, found);
    return found;
}

/// Root mean square of the differences, relative to that of the values.
double relative_error(const Block& values, const Block& found) {
    double error = 0, size = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        error += std::pow(found[i] - values[i], 2);
        size += std::pow(values[i], 2);
    }
    return std::sqrt(error / size);
}

// The range of each 32 in 15 even steps: the quantiser without its search, and with scales of full precision.
double error_of_even_steps(const Block& values) {
    Block found{};
    for (std::size_t j = 0; j < values.size(); j += 32) {
        const auto [low, high] = std::minmax_element(values.begin() + j, values.begin() + j + 32);
        const float bottom = std::min(*low, 0.0F), step = (*high - bottom) / 15;
        for (std::size_t i = j; i < j + 32; ++i)
            found[i] = bottom + step * std::round((values[i] - bottom) / step);
    }
    return relative_error(values, found);
}

TEST(QuantizeQ4K, ValuesOnItsGridStayAsTheyAre) {
    Block values{};
    for (std::size_t i = 0; i < values.size(); ++i) {
        const float scale = static_cast<float>(1 + i / 32) * 0.25F * 63 / 8;  // unit 1/4 of the largest of 8
        values[i] = scale * static_cast<float>(i % 16) - 0.5F * 63;
    }
    const auto found = there_and_back(values);
    // Six bits of scale: of the smallest, 63/8 counts, half a count is 6 %; of the largest nothing is lost.
    for (std::size_t i = 224; i < values.size(); ++i) EXPECT_NEAR(found[i], values[i], 1e-3 * 63) << i;
}

TEST(QuantizeQ4K, BeatsEvenStepsOnRandomWeights) {
    std::mt19937 random(7);
    std::normal_distribution<float> normal(0, 0.02F);
    double ours = 0, even = 0;
    for (int block = 0; block < 200; ++block) {
        Block values{};
        for (auto& value : values) value = normal(random);
        ours += relative_error(values, there_and_back(values));
        even += error_of_even_steps(values);
    }
    EXPECT_LT(ours, even) << "the search gains more than six-bit scales lose";
    EXPECT_LT(ours / 200, 0.08);
    EXPECT_GT(ours / 200, 0.04) << "no 4 bits can do that";
}

// Half a step of rounding, and half a one where an end is clipped.
TEST(QuantizeQ4K, EveryValueIsWithinAStep) {
    std::mt19937 random(8);
    std::uniform_real_distribution<float> uniform(-3, 1);
    for (int block = 0; block < 50; ++block) {
        Block values{};
        for (auto& value : values) value = uniform(random);
        const auto found = there_and_back(values);
        for (std::size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(found[i], values[i], 4.0 / 15) << i;
    }
}

TEST(QuantizeQ4K, NothingButZeros) {
    EXPECT_EQ(there_and_back({}), Block{});
}

// A minimum can only be below zero, so weights above it begin at zero.
TEST(QuantizeQ4K, OneSignOnly) {
    for (const float sign : {1.0F, -1.0F}) {
        Block values{};
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = sign * (2 + static_cast<float>(i % 7) / 7);
        EXPECT_LT(relative_error(values, there_and_back(values)), sign > 0 ? 0.03 : 0.01) << sign;
        values.fill(sign * 5);
        EXPECT_LT(relative_error(values, there_and_back(values)), 0.01) << sign;
    }
}

// What a neighbour that is a thousand times larger leaves of a sub-block is within its six-bit unit.
TEST(QuantizeQ4K, ALargeSubBlockDoesNotSpoilMoreThanItsUnit) {
    Block values{};
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = (i < 32 ? 1000.0F : 1.0F) * (static_cast<float>(i % 16) / 15 - 0.5F);
    const auto found = there_and_back(values);
    for (std::size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(found[i], values[i], i < 32 ? 40 : 8) << i;
}

}  // namespace
}  // namespace dotmoe
