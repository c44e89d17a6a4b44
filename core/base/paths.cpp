#include "base/paths.h"

namespace dotmoe {

std::filesystem::path without_trailing_slash(const std::filesystem::path& path) {
    return path.has_filename() ? path : path.parent_path();
}

std::string name_of_model(const std::filesystem::path& path) {
    const auto plain = without_trailing_slash(path);
    return (std::filesystem::is_directory(plain) ? plain.filename() : plain.stem()).string();
}

}  // namespace dotmoe
