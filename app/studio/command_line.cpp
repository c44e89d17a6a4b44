#include "app/studio/command_line.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <string_view>

#include "align/recipe_changes.h"

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

/// Settings with a flag of their own.
const std::map<std::string, std::string> flags{
    {"layout.experts", "--experts"}, {"layout.active", "--active"},    {"layout.shared", "--shared"},
    {"distill.steps", "--steps"},    {"recover.fit_windows", "--fit"}, {"recover.steps", "--recover"},
    {"method", "--method"},          {"routing.rule", "--routing"},    {"seed", "--seed"},
};

std::string unquoted(std::string toml) {
    std::erase(toml, '"');
    return toml;
}

std::string flag_of(const SettingChange& change) {
    const auto flag = flags.find(change.setting);
    if (flag == flags.end()) return "--set " + quoted(fmt::format("{}={}", change.setting, change.to));
    return fmt::format("{} {}", flag->second, unquoted(change.to));
}

std::string convert_words(const ConvertRequest& request) {
    auto line = fmt::format("dotmoe convert {} --text", quoted(request.model.string()));
    for (const auto& path : request.text) line += " " + quoted(path.string());
    return line + fmt::format(" --out {}", quoted(request.out.string()));
}

}  // namespace

std::string command_line(const ConvertRequest& request) {
    auto line = convert_words(request);
    line += request.fork ? fmt::format(" --fork {}", quoted(request.fork->folder.string()))
                         : fmt::format(" --recipe {}", quoted(request.recipe.name));
    const auto base = request.fork ? recipe_to_fork(request.fork->folder) : preset(request.recipe.name);
    for (const auto& change : recipe_changes(base, request.recipe)) line += " " + flag_of(change);
    return line;
}

}  // namespace dotmoe::studio
