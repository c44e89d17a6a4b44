#include "text/utf8_stream.h"

#include <gtest/gtest.h>

#include "text/utf8.h"

namespace dotmoe {
namespace {

TEST(Utf8Stream, WholeTextPassesUnchangedHoweverItIsCut) {
    const std::string text = "a \xC3\xA9 \xE2\x82\xAC \xF0\x9F\xA6\x9C z";
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        Utf8Stream stream;
        const auto first = stream.push(std::string_view(text).substr(0, cut));
        EXPECT_EQ(replace_invalid_utf8(first), first) << "half a character given out at " << cut;
        const auto second = stream.push(std::string_view(text).substr(cut));
        EXPECT_EQ(first + second + stream.finish(), text);
    }
}

TEST(Utf8Stream, ByteByByteGivesOneCharacterAtItsLastByte) {
    Utf8Stream stream;
    EXPECT_EQ(stream.push("\xF0"), "");
    EXPECT_EQ(stream.push("\x9F"), "");
    EXPECT_EQ(stream.push("\xA6"), "");
    EXPECT_EQ(stream.push("\x9C"), "\xF0\x9F\xA6\x9C");
    EXPECT_EQ(stream.finish(), "");
}

// Cutting must not change how damage is counted; replace_invalid_utf8 itself is compared with Python.
TEST(Utf8Stream, DamageIsReplacedAlikeWhereverTheBytesAreCut) {
    for (const std::string bytes :
         {"a\xFFz", "\x80\x80", "\xC0\xAF", "\xE2\x82", "\xE2\x82z", "\xED\xA0\x80", "\xF4\x90\x80\x80",
          "\xF0\x9F\xA6\xE2\x82\xAC", "\xF0\xF0\x9F\xA6\x9C", "\xEF\xBF\xBD\xEF"}) {
        Utf8Stream by_byte;
        std::string text;
        for (const char byte : bytes) text += by_byte.push({&byte, 1});
        text += by_byte.finish();
        EXPECT_EQ(text, replace_invalid_utf8(bytes));
        for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
            Utf8Stream halves;
            text = halves.push(std::string_view(bytes).substr(0, cut));
            text += halves.push(std::string_view(bytes).substr(cut));
            EXPECT_EQ(text + halves.finish(), replace_invalid_utf8(bytes)) << "cut at " << cut;
        }
    }
}

}  // namespace
}  // namespace dotmoe
