// What decides a conversion's result, as one text: its recipe as TOML, then its inputs.
#pragma once

#include <string>
#include <string_view>

#include "align/recipe.h"

namespace dotmoe {

/// Source model, training tokens and number format; no line ends.
std::string inputs_text(const std::string& model_sha256, const std::string& text_sha256,
                        const std::string& dtype);

std::string fingerprint_of(const Recipe& recipe, const std::string& inputs);

/// Throws UsageError when the recipe in it can't be read.
Recipe recipe_of(std::string_view fingerprint);
std::string_view inputs_of(std::string_view fingerprint);

}  // namespace dotmoe
