#include "app/studio/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>

#include "align/routing_rule_names.h"

namespace dotmoe::studio {
namespace {

/// Bare where a shell takes it bare, else in single quotes.
std::string quoted(const std::string& word) {
    const auto plain = [](unsigned char c) {
        return std::isalnum(c) != 0 ||
               std::string_view("_-./+=,@%:").find(static_cast<char>(c)) != std::string_view::npos;
    };
    if (!word.empty() && std::all_of(word.begin(), word.end(), plain)) return word;
    std::string text = "'";
    for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return text + "'";
}

template <typename T>
void add_changed(std::string& line, std::string_view flag, T value, T preset_value) {
    if (value != preset_value) line += fmt::format(" {} {}", flag, value);
}

std::string convert_words(const ConvertRequest& request) {
    auto line = fmt::format("dotmoe convert {} --text", quoted(request.model.string()));
    for (const auto& path : request.text) line += " " + quoted(path.string());
    return line + fmt::format(" --out {}", quoted(request.out.string()));
}

}  // namespace

std::string command_line(const ConvertRequest& request) {
    const auto& [pin, forbid] = request.recipe.constraints;
    if (!pin.empty() || !forbid.empty()) {
        const auto file = quoted(request.out.string() + "-recipe.toml");
        return fmt::format("printf %s {} > {} && {} --recipe {}", quoted(to_toml(request.recipe)), file,
                           convert_words(request), file);
    }
    auto line = fmt::format("{} --recipe {}", convert_words(request), quoted(request.recipe.name));
    const auto& recipe = request.recipe;
    const auto base = preset(recipe.name);
    add_changed(line, "--experts", recipe.layout.experts, base.layout.experts);
    add_changed(line, "--active", recipe.layout.active, base.layout.active);
    add_changed(line, "--shared", recipe.layout.shared, base.layout.shared);
    add_changed(line, "--steps", recipe.distill.steps, base.distill.steps);
    add_changed(line, "--recover", recipe.recover.steps, base.recover.steps);
    add_changed(line, "--method", name_of(recipe.method), name_of(base.method));
    add_changed(line, "--routing", name_of(recipe.layout.routing.rule), name_of(base.layout.routing.rule));
    add_changed(line, "--seed", recipe.seed, base.seed);
    return line;
}

}  // namespace dotmoe::studio
