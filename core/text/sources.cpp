#include "text/sources.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/error.h"

namespace dotmoe {
namespace {

namespace fs = std::filesystem;

constexpr std::array document_endings{".txt", ".md", ".rst", ".pod"};

bool is_document(const fs::directory_entry& entry) {
    return entry.is_regular_file() && std::ranges::count(document_endings, entry.path().extension()) > 0;
}

/// "text" for "text", "text/" and "text/.".
std::string name_of(const fs::path& path) {
    const auto whole = fs::canonical(path);
    return whole.has_filename() ? whole.filename().string() : whole.string();
}

std::vector<Source> sources_of_folder(const fs::path& folder) {
    std::map<fs::path, std::vector<fs::path>>
        by_folder;  // the folder directly below, empty for the folder itself
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (!is_document(entry)) continue;
        const auto relative = entry.path().lexically_relative(folder);
        by_folder[relative.has_parent_path() ? *relative.begin() : fs::path()].push_back(entry.path());
    }
    std::vector<Source> sources;
    for (auto& [below, documents] : by_folder) {
        std::ranges::sort(documents);
        sources.push_back({below.empty() ? name_of(folder) : below.string(), std::move(documents)});
    }
    return sources;
}

std::vector<Source> sources_of(const fs::path& path) {
    if (fs::is_regular_file(path)) return {{path.filename().string(), {path}}};
    if (!fs::exists(path)) fail("{}: does not exist; give a text file or a folder of them", path.string());
    if (!fs::is_directory(path)) fail("{}: is neither a text file nor a folder", path.string());
    auto sources = sources_of_folder(path);
    if (sources.empty()) fail("{}: no .txt, .md, .rst or .pod file is in this folder", path.string());
    return sources;
}

}  // namespace

std::vector<Source> find_sources(const std::vector<fs::path>& paths) {
    std::vector<Source> sources;
    std::set<fs::path> seen;
    for (const auto& path : paths) {
        try {
            for (auto& source : sources_of(path)) {
                std::erase_if(source.documents, [&](const fs::path& document) {
                    return !seen.insert(fs::canonical(document)).second;
                });
                if (!source.documents.empty()) sources.push_back(std::move(source));
            }
        } catch (const fs::filesystem_error& error) {
            fail("{}: cannot be read: {}", path.string(), error.code().message());
        }
    }
    return sources;
}

}  // namespace dotmoe
