#include "export/staging_folder.h"

#include <gtest/gtest.h>

#include "base/error.h"
#include "base/files.h"
#include "support/temporary_folder.h"

namespace dotmoe {
namespace {

namespace fs = std::filesystem;

std::size_t entries(const fs::path& folder) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(StagingFolder, AppearsWholeOnCommit) {
    const TemporaryFolder home;
    {
        StagingFolder staging(home.path() / "out/");
        write_file_atomically(staging.path() / "file", "text");
        EXPECT_FALSE(fs::exists(home.path() / "out"));
        staging.commit();
    }
    EXPECT_EQ(read_text_file(home.path() / "out/file"), "text");
    EXPECT_EQ(entries(home.path()), 1U);
}

TEST(StagingFolder, LeavesNothingWithoutCommit) {
    const TemporaryFolder home;
    {
        StagingFolder staging(home.path() / "a/b/out");
        write_file_atomically(staging.path() / "file", "text");
    }
    EXPECT_EQ(entries(home.path()), 0U);
}

TEST(StagingFolder, TakesAnEmptyFolderAndKeepsItOnFailure) {
    const TemporaryFolder home;
    fs::create_directory(home.path() / "out");
    { const StagingFolder abandoned(home.path() / "out"); }
    EXPECT_EQ(entries(home.path()), 1U);
    StagingFolder staging(home.path() / "out");
    write_file_atomically(staging.path() / "file", "text");
    staging.commit();
    EXPECT_EQ(read_text_file(home.path() / "out/file"), "text");
}

TEST(StagingFolder, RefusesWhatIsThere) {
    const TemporaryFolder home;
    write_file_atomically(home.path() / "file", "old");
    EXPECT_THROW(StagingFolder(home.path() / "file"), Error);
    EXPECT_THROW(StagingFolder(home.path()), Error);
    EXPECT_THROW(StagingFolder(home.path() / "file/below"), Error);
    EXPECT_EQ(read_text_file(home.path() / "file"), "old");
    EXPECT_EQ(entries(home.path()), 1U);
}

}  // namespace
}  // namespace dotmoe
