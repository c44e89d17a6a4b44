#include "align/typed_settings.h"

#include <gtest/gtest.h>

#include "support/message_of.h"

namespace dotmoe {
namespace {

TEST(TypedSettings, AWordNeedsNoQuotes) {
    for (const auto* typed :
         {"distill.rounding = greedy; distill.clip = 2.5", "distill.rounding=greedy;distill.clip=2.5 ",
          "distill.rounding = \"greedy\"\ndistill.clip = 2.5"}) {
        const auto recipe = with_settings({}, typed, "--set");
        EXPECT_EQ(recipe.distill.rounding, Rounding::greedy) << typed;
        EXPECT_EQ(recipe.distill.clip, 2.5) << typed;
    }
}

TEST(TypedSettings, WordsOfTomlStayWhatTheyAre) {
    const auto recipe = with_settings({}, "distill.train_router = false; layerwise.sequential=true", "--set");
    EXPECT_FALSE(recipe.distill.train_router);
    EXPECT_TRUE(recipe.layerwise.sequential);
    EXPECT_EQ(to_toml(with_settings({}, "", "--set")), to_toml({}));
}

TEST(TypedSettings, AnUnknownWordIsRefusedWithTheKnownOnes) {
    const auto message = message_of([] { with_settings({}, "distill.rounding = fair", "--set"); });
    EXPECT_NE(message.find("--set"), std::string::npos) << message;
    EXPECT_NE(message.find("greedy"), std::string::npos) << message;
}

}  // namespace
}  // namespace dotmoe
