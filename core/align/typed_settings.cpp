#include "align/typed_settings.h"

#include <algorithm>
#include <regex>
#include <string>

namespace dotmoe {

Recipe with_settings(const Recipe& recipe, std::string_view settings, std::string_view origin) {
    // A value that is a word, unless TOML knows it.
    static const std::regex word(R"(=\s*(?!(?:true|false|inf|nan)\s*(?:[;\n]|$))([a-z_]+)\s*(?=[;\n]|$))");
    auto toml = std::regex_replace(std::string(settings), word, "= \"$1\"");
    std::ranges::replace(toml, ';', '\n');
    return parse_recipe(toml, origin, recipe);
}

}  // namespace dotmoe
