// The command line of dotmoe-studio.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace dotmoe::studio {

struct Options {
    std::optional<std::filesystem::path> model;
    std::vector<std::filesystem::path> text;
    std::optional<std::filesystem::path> out;
    std::optional<std::string> preset;
    std::optional<std::filesystem::path> screenshots;  ///< convert or replay, write pictures there, exit
    std::vector<double> scales{1};                     ///< of the pictures
};

/// The options, or the exit code when there is nothing to start: --help and --version (0), wrong usage (2);
/// what there is to say has then been printed.
std::variant<Options, int> parse_options(int argc, const char* const* argv);

}  // namespace dotmoe::studio
