#include "app/studio/command_line.h"

#include <gtest/gtest.h>

#include <QTemporaryDir>
#include <cstdio>

namespace dotmoe::studio {
namespace {

ConvertRequest request(std::string_view preset_name) {
    ConvertRequest request;
    request.model = "/models/a.gguf";
    request.text = {"/texts"};
    request.out = "out";
    request.recipe = preset(preset_name);
    return request;
}

TEST(CommandLine, OfAnUntouchedPresetNamesIt) {
    EXPECT_EQ(command_line(request("toy")),
              "dotmoe convert /models/a.gguf --text /texts --out out --recipe toy");
}

TEST(CommandLine, NamesOnlyWhatWasChanged) {
    auto changed = request("quick");
    changed.recipe.layout.active = 7;
    changed.recipe.distill.steps = 3;
    changed.recipe.recover.steps = 9;
    changed.recipe.seed = 42;
    changed.recipe.method = Method::weights;
    changed.recipe.layout.routing.rule = RoutingRule::expert_choice;
    EXPECT_EQ(command_line(changed),
              "dotmoe convert /models/a.gguf --text /texts --out out --recipe quick --active 7 --steps 3 "
              "--recover 9 --method weights --routing expert_choice --seed 42");
}

/// What a shell prints that runs the line with a dotmoe that prints its arguments.
std::string in_a_shell(const std::string& line);

TEST(CommandLine, WritesARecipeForNeuronsHeldByHand) {
    const QTemporaryDir folder;
    auto held = request("quick");
    held.out = folder.filePath("o ut").toStdString();
    held.recipe.layout.active = 7;
    held.recipe.constraints.pin = {{.layer = 3, .neuron = 17, .expert = 4}};
    held.recipe.constraints.forbid = {{.layer = 3, .neuron = 90, .expert = -1}};
    const auto recipe = held.out.string() + "-recipe.toml";
    EXPECT_EQ(in_a_shell(command_line(held)), "convert\n/models/a.gguf\n--text\n/texts\n--out\n" +
                                                  held.out.string() + "\n--recipe\n" + recipe + "\n");
    EXPECT_EQ(to_toml(load_recipe(recipe)), to_toml(held.recipe));
    EXPECT_EQ(load_recipe(recipe).constraints.forbid, held.recipe.constraints.forbid);
}

// The shell itself is the oracle.
std::string in_a_shell(const std::string& line) {
    const auto script = "dotmoe() { printf '%s\\n' \"$@\"; }; " + line;
    FILE* shell = ::popen(("sh -c '" +
                           [&] {
                               std::string escaped;
                               for (const char c : script)
                                   escaped += c == '\'' ? std::string("'\\''") : std::string(1, c);
                               return escaped;
                           }() +
                           "'")
                              .c_str(),
                          "r");
    if (shell == nullptr) return "no shell";
    std::string words;
    for (int c = 0; (c = std::fgetc(shell)) != EOF;) words += static_cast<char>(c);
    EXPECT_EQ(::pclose(shell), 0);
    return words;
}

TEST(CommandLine, SurvivesAShell) {
    auto odd = request("toy");
    odd.model = "/mod els/it's $HOME `x` \"q\".gguf";
    odd.text = {"/a b", "/c;d", "/e*"};
    EXPECT_EQ(in_a_shell(command_line(odd)),
              "convert\n" + odd.model.string() + "\n--text\n/a b\n/c;d\n/e*\n--out\nout\n--recipe\ntoy\n");
}

}  // namespace
}  // namespace dotmoe::studio
