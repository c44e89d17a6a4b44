#include "align/recipe.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace dotmoe {
namespace {

std::string message_of(std::string_view toml) {
    try {
        parse_recipe(toml, "r.toml");
    } catch (const UsageError& error) {
        return error.what();
    }
    return "accepted";
}

TEST(Recipe, EveryPresetIsBuiltInUnderItsOwnName) {
    ASSERT_EQ(preset_names(), (std::vector<std::string>{"toy", "quick", "laptop", "paper"}));
    for (const auto& name : preset_names()) EXPECT_EQ(preset(name).name, name);
}

TEST(Recipe, QuickKeepsAQuarterOfSmolLM2sNeurons) {
    EXPECT_DOUBLE_EQ(preset("quick").layout.active_share(1536), 0.25);
    EXPECT_DOUBLE_EQ(preset("paper").layout.active_share(1536), 0.25);
}

TEST(Recipe, TomlRoundTripKeepsEveryField) {
    for (const auto& name : preset_names()) {
        auto recipe = preset(name);
        recipe.seed = 12345;
        recipe.distill.affinity_lr = 0.1 + 0.2;  // needs all digits
        const auto text = to_toml(recipe);
        EXPECT_EQ(to_toml(parse_recipe(text, "again")), text);
        EXPECT_EQ(parse_recipe(text, "again").distill.affinity_lr, recipe.distill.affinity_lr);
        EXPECT_EQ(parse_recipe(text, "again").layout, recipe.layout);
    }
}

TEST(Recipe, WhatIsLeftOutKeepsItsDefault) {
    const auto recipe = parse_recipe("[layout]\nexperts = 8\nactive = 2\nshared = 0\n", "r.toml");
    EXPECT_EQ(recipe.layout.experts, 8);
    EXPECT_EQ(recipe.layerwise.rounds, LayerwiseRecipe{}.rounds);
}

TEST(Recipe, ConstraintsAreListsOfPlaces) {
    const auto recipe = parse_recipe(
        "[constraints]\npin = [{ layer = 3, neuron = 17, expert = -1 }]\n"
        "forbid = [{ layer = 0, neuron = 1, expert = 2 }, { layer = 0, neuron = 1, expert = 3 }]\n",
        "r.toml");
    EXPECT_EQ(recipe.constraints.pin, (std::vector<NeuronPlace>{{3, 17, -1}}));
    EXPECT_EQ(recipe.constraints.forbid, (std::vector<NeuronPlace>{{0, 1, 2}, {0, 1, 3}}));
    EXPECT_EQ(parse_recipe(to_toml(recipe), "again").constraints.forbid, recipe.constraints.forbid);
    for (const char* bad : {"pin = 3", "pin = [3]", "pin = [{ layer = 1, neuron = 2 }]",
                            "pin = [{ layer = 1, neuron = 2, export = 3 }]"})
        EXPECT_NE(message_of(std::string("[constraints]\n") + bad)
                      .find("r.toml:2: constraints.pin must be a list of"),
                  std::string::npos)
            << bad;
    EXPECT_NE(
        message_of("[constraints]\npin = [{ layer = 1, neuron = 2, expert = 9999 }]\n").find("expert 9999"),
        std::string::npos);
}

TEST(Recipe, MethodsAndSwitchesAreReadByName) {
    const auto recipe = parse_recipe(
        "method = \"activations\"\n[distill]\ntrain_assignment = false\nrounding = \"greedy\"\n"
        "straight_through = \"hard\"\n",
        "r.toml");
    EXPECT_EQ(recipe.method, Method::activations);
    EXPECT_FALSE(recipe.distill.train_assignment);
    EXPECT_TRUE(recipe.distill.train_router);
    EXPECT_EQ(recipe.distill.rounding, Rounding::greedy);
    EXPECT_EQ(recipe.distill.straight_through, StraightThrough::hard);
    EXPECT_EQ(to_toml(parse_recipe(to_toml(recipe), "again")), to_toml(recipe));
    for (const auto& name : method_names()) EXPECT_EQ(name_of(method_named(name)), name);
    EXPECT_THROW(method_named("magic"), UsageError);
    EXPECT_EQ(message_of("method = \"magic\"\n"),
              "r.toml:1: method must be \"transport\" or \"random\" or \"contiguous\" or \"weights\" or "
              "\"activations\" or \"pruning\" or \"peer\"");
    EXPECT_EQ(message_of("[distill]\ntrain_router = 1\n"),
              "r.toml:2: distill.train_router must be true or false");
}

TEST(Recipe, OnlyTransportTrainsItsSplitAndPruningNothing) {
    Recipe recipe;
    EXPECT_TRUE(trains_assignment(recipe) && trains_router(recipe));
    recipe.method = Method::weights;
    EXPECT_TRUE(!trains_assignment(recipe) && trains_router(recipe));
    recipe.method = Method::pruning;
    EXPECT_TRUE(!trains_assignment(recipe) && !trains_router(recipe));
    recipe.method = Method::transport;
    recipe.distill.train_assignment = recipe.distill.train_router = false;
    EXPECT_TRUE(!trains_assignment(recipe) && !trains_router(recipe));
}

TEST(Recipe, SettingsThatExcludeEachOtherAreRefused) {
    EXPECT_NE(message_of("start = \"random\"\nmethod = \"weights\"\n").find("method = weights"),
              std::string::npos);
    EXPECT_NE(message_of("[distill]\nrounding = \"greedy\"\n[constraints]\n"
                         "pin = [{ layer = 0, neuron = 0, expert = 0 }]\n")
                  .find("greedy knows no constraints"),
              std::string::npos);
}

TEST(Recipe, ErrorsNameFileLineAndWhatIsAllowed) {
    EXPECT_EQ(message_of("[layout]\nexprts = 8\n"),
              "r.toml:2: recipe key 'layout.exprts' is unknown; remove it or mend its spelling");
    EXPECT_EQ(message_of("[layout]\nexperts = \"many\"\n"),
              "r.toml:2: layout.experts must be a whole number");
    EXPECT_EQ(message_of("start = \"cold\"\n"), "r.toml:1: start must be \"alternating\" or \"random\"");
    EXPECT_EQ(message_of("[routing]\nrule = \"best\"\n"),
              "r.toml:2: routing.rule must be \"unit\" or \"renormalised\" or \"switch\" or \"noisy\" or "
              "\"expert_choice\"");
    EXPECT_NE(message_of("[distill]\nclip = -1.0\n").find("distill.clip = -1 is outside"), std::string::npos);
    EXPECT_NE(message_of("[distill]\nclip = nan\n").find("outside"), std::string::npos);
    EXPECT_NE(message_of("layout = [").find("r.toml:1: not valid TOML"), std::string::npos);
    EXPECT_NE(message_of("[layout]\nexperts = 4\nactive = 5\n").find("layout.active = 5 is more than"),
              std::string::npos);
    EXPECT_THROW(preset("fast"), UsageError);
}

}  // namespace
}  // namespace dotmoe
