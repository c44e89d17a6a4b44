#include "app/cli/help_format.h"

#include <fmt/format.h>

#include <utility>

namespace dotmoe::cli {
namespace {

bool takes_many(const CLI::Option* option) {
    return option->get_expected_max() == CLI::detail::expected_max_vector_size;
}

/// Without the ranges and sets that CLI11 appends for each check.
std::string type_name(const CLI::Option* option) {
    const auto name = option->get_type_name();
    return name.substr(0, name.find(':'));
}

}  // namespace

HelpFormat::HelpFormat() {
    column_width(26);
    label("Positionals", "Arguments");
}

std::string HelpFormat::make_usage(const CLI::App* app, std::string name) const {
    std::string usage = "Usage: " + name;
    if (!app->get_subcommands({}).empty()) usage += " COMMAND";
    for (const auto* argument : app->get_options(&CLI::Option::get_positional))
        usage += " " + argument->get_name(true);
    const auto required = [](const CLI::Option* option) {
        return option->nonpositional() && option->get_required();
    };
    for (const auto* option : app->get_options(required))
        usage += " " + option->get_name() + make_option_opts(option);
    return usage + " [options]\n";
}

std::string HelpFormat::make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const {
    auto text = make_description(app) + make_usage(app, std::move(name)) + make_positionals(app);
    for (const auto& group : app->get_groups()) {
        const auto options = app->get_options([&group](const CLI::Option* option) {
            return option->get_group() == group && option->nonpositional();
        });
        if (!options.empty()) text += make_group(group, false, {options.begin(), options.end()});
    }
    return text + make_subcommands(app, mode) + '\n' + make_footer(app);
}

std::string HelpFormat::make_option_opts(const CLI::Option* option) const {
    const auto type = type_name(option);
    if (option->get_positional() || option->get_type_size() == 0 || type.empty()) return {};
    return " " + type + (takes_many(option) ? "..." : "");
}

std::string HelpFormat::make_option_desc(const CLI::Option* option) const {
    const auto preset = option->get_default_str();
    return option->get_description() + (preset.empty() ? "" : fmt::format(" [{}]", preset));
}

}  // namespace dotmoe::cli
