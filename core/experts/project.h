// A conversion on disk: recipe.toml, experts.safetensors, metrics.json, source.json. Written whole or not at all.
#pragma once

#include <filesystem>
#include <string>

#include "align/recipe.h"
#include "experts/expert_set.h"

namespace dotmoe {

struct Project {
    std::filesystem::path source;      ///< the dense model it was made from
    std::string source_sha256;
    Recipe recipe;
    ExpertSet experts;
};

/// Throws Error when the folder can't be written; an old project in it stays whole in that case.
void save_project(const std::filesystem::path& folder, const Project& project);

/// Untrusted input: shapes, owners (each column exactly full) and finiteness are checked. Throws Error naming the file.
Project load_project(const std::filesystem::path& folder);

/// Whether the folder holds a conversion (and not, say, a model).
bool is_project(const std::filesystem::path& folder);

}  // namespace dotmoe
