#include "experts/faster_ffn.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace dotmoe::faster_ffn_test {
namespace {

/// x + `mark`, slow where `is_slow` says so of the tokens.
FeedForward marked(double mark, const std::function<bool(std::int64_t)>& is_slow) {
    return [=](const at::Tensor& x, std::int64_t /*layer*/) {
        if (is_slow(x.numel() / x.size(-1))) std::this_thread::sleep_for(std::chrono::milliseconds(20));
        return x + mark;
    };
}

TEST(FasterFeedForward, IsChosenForEachSizeOfText) {
    const auto few = [](std::int64_t tokens) { return tokens < 8; };
    const auto many = [&](std::int64_t tokens) { return !few(tokens); };
    const auto ffn = faster_of(marked(1, many), marked(2, few));
    const auto way = [&](at::IntArrayRef shape) { return ffn(at::zeros(shape), 0).max().item<double>(); };
    EXPECT_EQ(way({1, 4}), 1);
    EXPECT_EQ(way({64, 4}), 2);
    EXPECT_EQ(way({2, 16, 4}), 2);
    EXPECT_EQ(way({1, 4}), 1);
}

TEST(FasterFeedForward, IsMeasuredOnceForASize) {
    int calls = 0;
    const auto counted = [&](const at::Tensor& x, std::int64_t /*layer*/) {
        ++calls;
        return x;
    };
    const auto ffn = faster_of(counted, counted);
    ffn(at::ones({40, 4}), 0);
    const int measured = calls;
    EXPECT_GT(measured, 2);
    ffn(at::ones({63, 4}), 1);
    EXPECT_EQ(calls, measured + 1);
    ffn(at::ones({64, 4}), 1);
    EXPECT_GT(calls, measured + 3);
}

}  // namespace
}  // namespace dotmoe::faster_ffn_test
