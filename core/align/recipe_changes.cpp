#include "align/recipe_changes.h"

#include <fmt/format.h>

#include <sstream>

namespace dotmoe {

std::vector<SettingChange> recipe_changes(const Recipe& from, const Recipe& to) {
    // to_toml() writes every setting of any recipe, one a line, in one order.
    std::istringstream before(to_toml(from)), after(to_toml(to));
    std::vector<SettingChange> changes;
    std::string table, old_line, new_line;
    constexpr std::string_view assign = " = ";
    while (std::getline(before, old_line) && std::getline(after, new_line)) {
        if (new_line.starts_with('[')) table = new_line.substr(1, new_line.size() - 2) + ".";
        if (old_line == new_line) continue;
        const auto at = new_line.find(assign), value = at + assign.size();
        changes.push_back({table + new_line.substr(0, at), old_line.substr(value), new_line.substr(value)});
    }
    return changes;
}

std::string to_text(const std::vector<SettingChange>& changes) {
    std::string text;
    for (const auto& [setting, from, to] : changes)
        text += fmt::format("{}{} {} -> {}", text.empty() ? "" : ", ", setting, from, to);
    return text.empty() ? "nothing" : text;
}

}  // namespace dotmoe
