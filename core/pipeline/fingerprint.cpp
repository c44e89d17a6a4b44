#include "pipeline/fingerprint.h"

#include <fmt/format.h>

namespace dotmoe {

std::string inputs_text(const std::string& model_sha256, const std::string& text_sha256,
                        const std::string& dtype) {
    return fmt::format(" {} {} {}", model_sha256, text_sha256, dtype);
}

std::string fingerprint_of(const Recipe& recipe, const std::string& inputs) {
    return to_toml(recipe) + inputs;
}

std::string_view inputs_of(std::string_view fingerprint) {
    return fingerprint.substr(fingerprint.rfind('\n') + 1);
}

Recipe recipe_of(std::string_view fingerprint) {
    return parse_recipe(fingerprint.substr(0, fingerprint.size() - inputs_of(fingerprint).size()),
                        "recipe of a checkpoint");
}

}  // namespace dotmoe
