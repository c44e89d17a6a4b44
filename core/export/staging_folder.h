// A folder, or a file and what belongs to it, that appears whole or not at all.
#pragma once

#include <filesystem>

namespace dotmoe {

enum class StagingTarget { folder, file };

/// Files are written into a temporary sibling of `target`; commit() renames it to the target, or, where the
/// target is a file, puts each file in it beside the target's place. Without
/// commit() (an exception, a cancel) the temporary goes, and the parents that had to be made with it.
class StagingFolder {
  public:
    /// Throws Error when the target is there (a folder may be, when it is empty), or when its parent can't be
    /// written.
    explicit StagingFolder(const std::filesystem::path& target, StagingTarget kind = StagingTarget::folder);
    ~StagingFolder();
    StagingFolder(const StagingFolder&) = delete;
    StagingFolder& operator=(const StagingFolder&) = delete;

    const std::filesystem::path& path() const { return temporary_; }
    void commit();

  private:
    StagingTarget kind_;
    std::filesystem::path target_, temporary_, removed_on_failure_;
    bool committed_ = false;
};

}  // namespace dotmoe
