#include "text/sources.h"

#include <gtest/gtest.h>

#include "support/message_of.h"
#include "support/temporary_folder.h"

namespace dotmoe {
namespace {

namespace fs = std::filesystem;

class SourcesTest : public ::testing::Test {
  protected:
    /// "name: document document", relative to the folder.
    std::vector<std::string> found(const std::vector<fs::path>& paths) const {
        std::vector<std::string> lines;
        for (const auto& source : find_sources(paths)) {
            lines.push_back(source.name + ":");
            for (const auto& document : source.documents)
                lines.back() += " " + document.lexically_relative(folder_.path()).string();
        }
        return lines;
    }
    using Lines = std::vector<std::string>;
    TemporaryFolder folder_;
};

TEST_F(SourcesTest, AFileIsASourceWhateverItsEnding) {
    const auto path = folder_.file("notes.log", "text");
    EXPECT_EQ(found({path}), Lines{"notes.log: notes.log"});
}

TEST_F(SourcesTest, TheFoldersBelowAreTheSources) {
    for (const auto* name : {"mix/novels/b.txt", "mix/novels/deep/er/a.md", "mix/code/x.rst", "mix/z.pod",
                             "mix/skip.png", "mix/pictures/p.jpg"})
        folder_.file(name, "text");
    const Lines expected{"mix: mix/z.pod", "code: mix/code/x.rst",
                         "novels: mix/novels/b.txt mix/novels/deep/er/a.md"};
    EXPECT_EQ(found({folder_.path() / "mix"}), expected);
    EXPECT_EQ(found({folder_.path() / "mix/"})[0], "mix: mix/z.pod");
}

TEST_F(SourcesTest, AFileReachedTwiceCountsOnce) {
    const auto first = folder_.file("mix/a.txt", "text");
    folder_.file("mix/b.txt", "text");
    fs::create_symlink(first, folder_.path() / "mix/link.txt");
    EXPECT_EQ(found({first, folder_.path() / "mix", folder_.path()}),
              (Lines{"a.txt: mix/a.txt", "mix: mix/b.txt"}));
}

TEST_F(SourcesTest, SaysWhatIsWrongWithAPath) {
    const auto nowhere = folder_.path() / "nowhere", empty = folder_.path() / "empty";
    fs::create_directory(empty);
    EXPECT_EQ(message_of([&] { find_sources({nowhere}); }),
              nowhere.string() + ": does not exist; give a text file or a folder of them");
    EXPECT_EQ(message_of([&] { find_sources({empty}); }),
              empty.string() + ": no .txt, .md, .rst or .pod file is in this folder");
    EXPECT_EQ(message_of([] { find_sources({"/dev/null"}); }),
              "/dev/null: is neither a text file nor a folder");
}

}  // namespace
}  // namespace dotmoe
