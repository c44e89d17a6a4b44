// Text files on disk, grouped by where they come from.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dotmoe {

struct Source {
    std::string name;  ///< of the folder or file
    std::vector<std::filesystem::path>
        documents;  ///< sorted, so that the file system's order does not matter
};

/// A file is a source of one document, whatever its ending. Of a folder, each folder directly below is a
/// source, and the files directly in it are one more, named after it; documents are its .txt .md .rst .pod
/// files, searched recursively. A file that is reached twice counts once. Throws Error on a path that does
/// not exist, can't be read, or is a folder without a document.
std::vector<Source> find_sources(const std::vector<std::filesystem::path>& paths);

}  // namespace dotmoe
