// --recipe and the flags that override it, for the commands that convert.
#pragma once

#include <CLI/CLI.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "align/recipe.h"

namespace dotmoe::cli {

class RecipeFlags {
  public:
    /// The flags write into this object: it outlives the command.
    void add_to(CLI::App& command);
    /// All but --method, --routing and --seed: compare takes several methods and seeds.
    void add_budget_to(CLI::App& command);
    /// All but --experts, --active and --shared: sweep takes several layouts.
    void add_method_to(CLI::App& command);

    /// The recipe named, with the flags over it, range-checked; where none is named, `unnamed` or the quick
    /// preset. Throws UsageError.
    Recipe recipe(const std::optional<Recipe>& unnamed = {}) const;

  private:
    void add_recipe(CLI::App& command);
    void add_layout(CLI::App& command);
    void add_method(CLI::App& command);

    std::optional<std::string> name_or_file_, method_, routing_;
    std::vector<std::string> settings_;  ///< TOML: distill.clip=2.0
    std::optional<std::int64_t> experts_, active_, shared_, steps_, fit_, recover_, layer_steps_;
    std::optional<std::uint64_t> seed_;
};

}  // namespace dotmoe::cli
