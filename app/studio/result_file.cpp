#include "app/studio/result_file.h"

#include <fstream>

#include "base/error.h"

namespace dotmoe::studio {

std::optional<std::filesystem::path> results_in(const std::filesystem::path& path, std::string_view name) {
    if (path.filename() == name) return path;
    const auto inside = path / name;
    std::error_code ignored;
    return std::filesystem::exists(inside, ignored) ? std::optional(inside) : std::nullopt;
}

void read_results(const std::filesystem::path& file, std::string_view what,
                  const std::function<void(const nlohmann::json&)>& take) {
    std::ifstream stream(file);
    if (!stream) fail("{}: cannot be read", file.string());
    try {
        take(nlohmann::json::parse(stream));
    } catch (const nlohmann::json::exception& error) {
        fail("{}: is not {} ({})", file.string(), what, error.what());
    }
}

}  // namespace dotmoe::studio
