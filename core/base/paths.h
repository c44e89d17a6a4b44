// Paths as names.
#pragma once

#include <filesystem>
#include <string>

namespace dotmoe {

/// "folder" for "folder/", so that the last part of the path names it.
std::filesystem::path without_trailing_slash(const std::filesystem::path& path);

/// What to call a model or a project: a file's name without its ending, a folder's whole.
std::string name_of_model(const std::filesystem::path& path);

}  // namespace dotmoe
