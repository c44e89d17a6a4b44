// The presets of resources/recipes, built into the library by core/align/CMakeLists.txt.
#pragma once

#include <span>
#include <string_view>

namespace dotmoe {

struct EmbeddedPreset {
    std::string_view name, toml;
};

extern const std::span<const EmbeddedPreset> embedded_presets;

}  // namespace dotmoe
