#include "base/text_lines.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <vector>

#include "support/message_of.h"
#include "support/temporary_folder.h"

namespace dotmoe {
namespace {

using Lines = std::vector<std::string>;

Lines all_lines(const std::filesystem::path& path) {
    TextLines lines(path);
    Lines all;
    while (auto line = lines.next()) {
        all.push_back(std::move(*line));
        EXPECT_EQ(lines.number(), std::ssize(all));
    }
    EXPECT_FALSE(lines.next()) << "the end stays the end";
    return all;
}

class TextLinesTest : public ::testing::Test {
  protected:
    /// As zlib itself packs it.
    std::string packed(const std::string& text) const {
        const auto path = folder_.path() / "packing.gz";
        const auto file = gzopen(path.c_str(), "wb");
        gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
        gzclose(file);
        std::ifstream stream(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }

    TemporaryFolder folder_;
};

TEST_F(TextLinesTest, PlainAndPackedGiveTheSame) {
    const std::string text = "one\ntwo\r\n\n  three \nfour";
    const Lines expected{"one", "two", "", "  three ", "four"};
    EXPECT_EQ(all_lines(folder_.file("plain", text)), expected);
    EXPECT_EQ(all_lines(folder_.file("packed", packed(text))), expected);
    EXPECT_EQ(all_lines(folder_.file("ended", text + "\n")), expected);
    EXPECT_EQ(all_lines(folder_.file("empty", "")), Lines{});
    EXPECT_EQ(all_lines(folder_.file("blank", "\n")), Lines{""});
}

TEST_F(TextLinesTest, LinesMayBeLongerThanABuffer) {
    Lines expected;
    std::string text;
    for (std::size_t length = 0; length < 300'000; length = 2 * length + 1) {
        expected.emplace_back(length, static_cast<char>('a' + expected.size()));
        text += expected.back() + "\n";
    }
    EXPECT_EQ(all_lines(folder_.file("long.gz", packed(text))), expected);
}

TEST_F(TextLinesTest, ALineWithoutEndIsRefused) {
    const auto path = folder_.file("endless.gz", packed("short\n" + std::string(std::size_t{5} << 20, 'x')));
    EXPECT_EQ(message_of([&] { all_lines(path); }),
              path.string() + ":2: the line has more than 1048576 bytes");
}

TEST_F(TextLinesTest, EveryTruncationOfPackedTextIsAnError) {
    const auto whole = packed("one line\nanother line\nand a third\n");
    for (std::size_t length = 2; length < whole.size(); ++length) {  // one byte is no gzip yet, but a text
        const auto path = folder_.file("cut.gz", whole.substr(0, length));
        EXPECT_NE(message_of([&] { all_lines(path); }).find("cut.gz: is damaged"), std::string::npos)
            << length;
    }
}

TEST_F(TextLinesTest, DamageIsAnError) {
    auto bytes = packed("one line\nanother line\nand a third\n");
    bytes[bytes.size() - 6] = static_cast<char>(bytes[bytes.size() - 6] ^ 1);  // the checksum
    const auto path = folder_.file("bad.gz", bytes);
    EXPECT_NE(message_of([&] { all_lines(path); }).find("bad.gz: is damaged"), std::string::npos);
}

TEST_F(TextLinesTest, WhatCannotBeReadIsSaid) {
    const auto missing = folder_.path() / "missing";
    EXPECT_EQ(message_of([&] { TextLines lines(missing); }),
              missing.string() + ": cannot be opened: No such file or directory");
    EXPECT_EQ(message_of([&] { all_lines(folder_.path()); }),
              folder_.path().string() + ": cannot be read: Is a directory");
}

TEST_F(TextLinesTest, TellsWhereItIs) {
    const auto path = folder_.file("two", "a\nb\n");
    TextLines lines(path);
    lines.next();
    lines.next();
    EXPECT_EQ(lines.where(), path.string() + ":2");
}

}  // namespace
}  // namespace dotmoe
