// The JSON files in which the commands of dotmoe leave their figures.
#pragma once

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace dotmoe::studio {

/// The file of that name itself, or the one in a folder; none where it is neither.
std::optional<std::filesystem::path> results_in(const std::filesystem::path& path, std::string_view name);

/// Parses the file and hands it on. Throws Error naming the file when it cannot be read, or is not `what`:
/// when `take` misses a field.
void read_results(const std::filesystem::path& file, std::string_view what,
                  const std::function<void(const nlohmann::json&)>& take);

}  // namespace dotmoe::studio
