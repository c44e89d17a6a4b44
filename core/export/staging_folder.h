// A folder that appears whole or not at all.
#pragma once

#include <filesystem>

namespace dotmoe {

/// Files are written into a temporary sibling of `target`; commit() renames it to the target. Without
/// commit() (an exception, a cancel) the temporary goes, and the parents that had to be made with it.
class StagingFolder {
  public:
    /// Throws Error when the target is a file or a folder that is not empty, or when its parent can't be
    /// written.
    explicit StagingFolder(const std::filesystem::path& target);
    ~StagingFolder();
    StagingFolder(const StagingFolder&) = delete;
    StagingFolder& operator=(const StagingFolder&) = delete;

    const std::filesystem::path& path() const { return temporary_; }
    void commit();

  private:
    std::filesystem::path target_, temporary_, removed_on_failure_;
    bool committed_ = false;
};

}  // namespace dotmoe
