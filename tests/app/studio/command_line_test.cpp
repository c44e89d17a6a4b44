#include "app/studio/command_line.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <sstream>

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
    changed.recipe.recover.fit_windows = 5;
    changed.recipe.recover.steps = 9;
    changed.recipe.seed = 42;
    changed.recipe.method = Method::weights;
    changed.recipe.layout.routing.rule = RoutingRule::expert_choice;
    EXPECT_EQ(command_line(changed),
              "dotmoe convert /models/a.gguf --text /texts --out out --recipe quick --seed 42 "
              "--method weights --active 7 --routing expert_choice --steps 3 --fit 5 --recover 9");
}

/// What a shell prints that runs the line with a dotmoe that prints its arguments.
std::string in_a_shell(const std::string& line);

/// --set KEY=VALUE is a line of TOML: the recipe's own reader is the oracle.
TEST(CommandLine, SetsWhatHasNoFlag) {
    auto held = request("quick");
    held.recipe.distill.balance_weight = 0.5;
    held.recipe.constraints.pin = {{.layer = 3, .neuron = 17, .expert = 4}};
    held.recipe.constraints.forbid = {{.layer = 3, .neuron = 90, .expert = -1}};
    std::istringstream words(in_a_shell(command_line(held)));
    auto recipe = preset("quick");
    int settings = 0;
    for (std::string word; std::getline(words, word);)
        if (word == "--set" && std::getline(words, word)) {
            recipe = parse_recipe(word, "word", recipe);
            ++settings;
        }
    EXPECT_EQ(settings, 3);
    EXPECT_EQ(to_toml(recipe), to_toml(held.recipe));
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
