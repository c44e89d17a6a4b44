#include "app/studio/options.h"

#include <gtest/gtest.h>

namespace dotmoe::studio {
namespace {

std::variant<Options, int> parse(std::vector<const char*> words) {
    words.insert(words.begin(), "dotmoe-studio");
    return parse_options(static_cast<int>(words.size()), words.data());
}

TEST(Options, NothingIsAllRight) {
    const auto options = std::get<Options>(parse({}));
    EXPECT_FALSE(options.model || options.out || options.preset || options.screenshots);
    EXPECT_TRUE(options.text.empty());
}

TEST(Options, AllOfThem) {
    const auto options = std::get<Options>(parse({"m.gguf", "--text", "a", "b", "--out", "o", "--preset",
                                                  "toy", "--screenshots", "s", "--scale", "1", "2"}));
    EXPECT_EQ(options.model, "m.gguf");
    EXPECT_EQ(options.text, (std::vector<std::filesystem::path>{"a", "b"}));
    EXPECT_EQ(options.out, "o");
    EXPECT_EQ(options.preset, "toy");
    EXPECT_EQ(options.screenshots, "s");
    EXPECT_EQ(options.scales, (std::vector<double>{1, 2}));
}

TEST(Options, HelpAndVersionEndWithZero) {
    EXPECT_EQ(std::get<int>(parse({"--help"})), 0);
    EXPECT_EQ(std::get<int>(parse({"--version"})), 0);
}

TEST(Options, WrongUsageEndsWithTwo) {
    EXPECT_EQ(std::get<int>(parse({"--nonsense"})), 2);
    EXPECT_EQ(std::get<int>(parse({"--preset", "nonsense"})), 2);
    EXPECT_EQ(std::get<int>(parse({"--screenshots", "s"})), 2);
    EXPECT_EQ(std::get<int>(parse({"a.gguf", "b.gguf"})), 2);
}

}  // namespace
}  // namespace dotmoe::studio
