// MODEL, --text and --out, for the commands that convert.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/command.h"
#include "app/cli/recipe_flags.h"
#include "pipeline/convert.h"

namespace dotmoe::cli {

struct ConversionFlags {
    std::string model, out;
    std::vector<std::string> text;
    RecipeFlags recipe;               ///< its own flags are added by the command
    std::optional<ForkRequest> fork;  ///< its recipe is the one to change, where none is named

    /// The flags write into this object: it outlives the command.
    void add_to(CLI::App& command, const std::string& what_out_is);
    /// Throws UsageError.
    ConvertRequest request(const Context& context) const;
};

}  // namespace dotmoe::cli
