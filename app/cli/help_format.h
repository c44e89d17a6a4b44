// How --help reads: usage with what is required, one line an option, groups apart by one blank line.
#pragma once

#include <CLI/CLI.hpp>
#include <string>

namespace dotmoe::cli {

class HelpFormat final : public CLI::Formatter {
  public:
    HelpFormat();

    std::string make_help(const CLI::App* app, std::string name, CLI::AppFormatMode mode) const override;
    std::string make_usage(const CLI::App* app, std::string name) const override;
    std::string make_option_opts(const CLI::Option* option) const override;
    std::string make_option_desc(const CLI::Option* option) const override;
};

}  // namespace dotmoe::cli
