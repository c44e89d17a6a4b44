// Figures kept in a file beside what they are of, so that they are computed once.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "base/files.h"

namespace dotmoe {

/// The figures in `file` where they were kept under this `identity` (a hash of all that they depend on); else
/// those of compute(), which are written there. A damaged file counts as none.
template <typename Compute>
auto kept(const std::filesystem::path& file, const std::string& identity, Compute&& compute)
    -> decltype(compute()) {
    using Json = nlohmann::json;
    if (std::filesystem::exists(file)) try {
            const auto found = Json::parse(read_text_file(file));
            if (found.at("identity") == identity) return found.at("figures").get<decltype(compute())>();
        } catch (const Json::exception&) {  // damaged
        }
    auto figures = compute();
    write_file_atomically(file, Json{{"identity", identity}, {"figures", figures}}.dump(2) + "\n");
    return figures;
}

}  // namespace dotmoe
