// Settings of a recipe as a person types them. No torch here.
#pragma once

#include <string_view>

#include "align/recipe.h"

namespace dotmoe {

/// TOML, but that ';' ends a line too and a word needs no quotes: "distill.clip = 2.0; distill.rounding =
/// greedy". Throws as parse_recipe does.
Recipe with_settings(const Recipe& recipe, std::string_view settings, std::string_view origin);

}  // namespace dotmoe
