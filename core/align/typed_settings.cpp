#include "align/typed_settings.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <string>

namespace dotmoe {
namespace {

/// Unless TOML knows it.
bool is_word(std::string_view value) {
    constexpr std::array<std::string_view, 4> known{"true", "false", "inf", "nan"};
    return !value.empty() && std::ranges::find(known, value) == known.end() &&
           std::ranges::all_of(value, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    return first == text.npos ? "" : text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

}  // namespace

Recipe with_settings(const Recipe& recipe, std::string_view settings, std::string_view origin) {
    std::string lines(settings), toml;
    std::ranges::replace(lines, ';', '\n');
    std::istringstream typed(lines);
    for (std::string line; std::getline(typed, line); toml += '\n') {
        const auto after_equals = line.find('=') + 1;  // 0: there is none
        const auto value = trimmed(std::string_view(line).substr(after_equals));
        toml += after_equals > 0 && is_word(value)
                    ? line.substr(0, after_equals) + '"' + std::string(value) + '"'
                    : line;
    }
    return parse_recipe(toml, origin, recipe);
}

}  // namespace dotmoe
