#include "base/files.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "base/error.h"

namespace dotmoe {
namespace {

namespace fs = std::filesystem;

class FilesTest : public ::testing::Test {
  protected:
    void SetUp() override {
        folder_ =
            fs::temp_directory_path() /
            ("dotmoe-files-" + std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()));
        fs::remove_all(folder_);
        fs::create_directories(folder_);
    }
    void TearDown() override { fs::remove_all(folder_); }
    std::size_t files_left() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(folder_), fs::directory_iterator{}));
    }
    fs::path folder_;
};

TEST_F(FilesTest, CommitReplacesTheOldFileAndLeavesNoTemporary) {
    write_file_atomically(folder_ / "a.txt", "old");
    write_file_atomically(folder_ / "a.txt", "new");
    EXPECT_EQ(read_text_file(folder_ / "a.txt"), "new");
    EXPECT_EQ(files_left(), 1U);
}

TEST_F(FilesTest, WithoutCommitTheOldFileStays) {
    write_file_atomically(folder_ / "a.txt", "old");
    {
        AtomicFile file(folder_ / "a.txt");
        file.write("half of the n");
    }
    EXPECT_EQ(read_text_file(folder_ / "a.txt"), "old");
    EXPECT_EQ(files_left(), 1U);
}

/// As a process leaves it that is killed while it writes.
TEST_F(FilesTest, WhatAKilledProcessLeftIsRemovedAndWhatIsWrittenIsNot) {
    const auto killed = ::fork();
    if (killed == 0) {
        AtomicFile file(folder_ / "a.txt");
        file.write("half of the n");
        ::raise(SIGKILL);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(killed, &status, 0), killed);
    ASSERT_TRUE(WIFSIGNALED(status));
    ASSERT_EQ(files_left(), 1U);
    write_file_atomically(folder_ / "b.txt", "another target's");
    EXPECT_EQ(files_left(), 2U);

    std::array<int, 2> written{}, judged{};
    ASSERT_EQ(::pipe(written.data()), 0);
    ASSERT_EQ(::pipe(judged.data()), 0);
    const auto writer = ::fork();
    if (writer == 0) {
        AtomicFile file(folder_ / "a.txt");
        file.write("slowly");
        char byte = 0;
        const bool told = ::write(written[1], &byte, 1) == 1 && ::read(judged[0], &byte, 1) == 1;
        file.commit();
        ::_exit(told ? 0 : 1);
    }
    char byte = 0;
    ASSERT_EQ(::read(written[0], &byte, 1), 1);
    write_file_atomically(folder_ / "a.txt", "meanwhile");
    EXPECT_EQ(files_left(), 3U) << "the killed one's went, the writer's did not";
    ASSERT_EQ(::write(judged[1], &byte, 1), 1);
    ASSERT_EQ(::waitpid(writer, &status, 0), writer);
    EXPECT_EQ(status, 0);
    EXPECT_EQ(read_text_file(folder_ / "a.txt"), "slowly");
    EXPECT_EQ(files_left(), 2U);
}

TEST_F(FilesTest, MissingAndUnwritableNameThePath) {
    try {
        MappedFile file(folder_ / "nothing");
        FAIL() << "opened a file that is not there";
    } catch (const Error& error) {
        EXPECT_NE(std::string(error.what()).find("nothing"), std::string::npos);
    }
    EXPECT_THROW(AtomicFile(folder_ / "no" / "such" / "folder"), Error);
    EXPECT_THROW(MappedFile{folder_}, Error);
    write_file_atomically(folder_ / "file", "x");
    EXPECT_THROW(ensure_writable_directory(folder_ / "file" / "sub"), Error);
}

TEST_F(FilesTest, EmptyFileMapsToNothing) {
    write_file_atomically(folder_ / "empty", "");
    EXPECT_TRUE(MappedFile(folder_ / "empty").bytes().empty());
}

}  // namespace
}  // namespace dotmoe
