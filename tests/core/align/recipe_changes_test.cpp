#include "align/recipe_changes.h"

#include <gtest/gtest.h>

namespace dotmoe {
namespace {

TEST(RecipeChanges, NamesEachSettingWithItsTable) {
    const Recipe from;
    auto to = from;
    to.seed = 9;
    to.layout.routing.rule = RoutingRule::renormalised;
    to.distill.clip = 2;
    to.constraints.pin = {{.layer = 1, .neuron = 2, .expert = 3}};
    const std::vector<SettingChange> expected{
        {"seed", "0", "9"},
        {"routing.rule", "\"unit\"", "\"renormalised\""},
        {"distill.clip", "1.0", "2.0"},
        {"constraints.pin", "[]", "[{ layer = 1, neuron = 2, expert = 3 }]"}};
    EXPECT_EQ(recipe_changes(from, to), expected);
    EXPECT_EQ(to_text(recipe_changes(from, to)).substr(0, 15), "seed 0 -> 9, ro");
}

TEST(RecipeChanges, AreNoneBetweenEquals) {
    EXPECT_TRUE(recipe_changes(preset("toy"), preset("toy")).empty());
    EXPECT_EQ(to_text({}), "nothing");
}

/// What is reported can be given back as --set KEY=VALUE.
TEST(RecipeChanges, AppliedOneByOneLeadFromOneRecipeToTheOther) {
    auto recipe = preset("quick");
    const auto wanted = preset("paper");
    const auto changes = recipe_changes(recipe, wanted);
    EXPECT_GT(changes.size(), 3U);
    for (const auto& change : changes)
        recipe = parse_recipe(change.setting + "=" + change.to, "change", recipe);
    EXPECT_EQ(to_toml(recipe), to_toml(wanted));
}

}  // namespace
}  // namespace dotmoe
