// A folder of a test's own, gone when the test ends.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

#include "base/error.h"

namespace dotmoe {

class TemporaryFolder {
  public:
    TemporaryFolder() {
        auto name = (std::filesystem::temp_directory_path() / "dotmoe-test-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) fail("{}: no temporary folder can be made", name);
        path_ = name;
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

    /// Writes a file, and the folders it lies in; gives its path.
    std::filesystem::path file(std::string_view name, std::string_view text) const {
        const auto where = path_ / name;
        std::filesystem::create_directories(where.parent_path());
        std::ofstream(where, std::ios::binary)
            << text;  // not synced to the disk: tests write thousands of files
        return where;
    }

  private:
    std::filesystem::path path_;
};

}  // namespace dotmoe
