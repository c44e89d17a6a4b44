// Python's errors="replace" is the oracle in tests/interop/test_tokenizer.py; these are Unicode's own
// examples.
#include "text/utf8.h"

#include <gtest/gtest.h>

namespace dotmoe {
namespace {

const std::string bad = "\xef\xbf\xbd";

TEST(Utf8, WellFormedTextStays) {
    const std::string text =
        "a \xc3\xa9 \xe2\x82\xac \xed\x9f\xbf \xee\x80\x80 \xf0\x9f\xa6\x9c \xf4\x8f\xbf\xbf longer ascii "
        "text";
    EXPECT_EQ(valid_utf8_prefix(text), text.size());
    EXPECT_EQ(replace_invalid_utf8(text), text);
    EXPECT_EQ(replace_invalid_utf8(""), "");
}

TEST(Utf8, MaximalPartsBecomeOneReplacementEach) {  // Unicode 15, tables 3-8 to 3-11
    EXPECT_EQ(replace_invalid_utf8("\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41"),
              bad + bad + bad + bad + bad + bad + bad + bad + "A");
    EXPECT_EQ(replace_invalid_utf8("\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41"),
              bad + bad + bad + bad + bad + bad + bad + bad + "A");
    EXPECT_EQ(replace_invalid_utf8("\xf4\x91\x92\x93\xff\x41\x80\xbf\x42"),
              bad + bad + bad + bad + bad + "A" + bad + bad + "B");
    EXPECT_EQ(replace_invalid_utf8("\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41"), bad + bad + bad + bad + "A");
}

TEST(Utf8, ThePrefixEndsBeforeTheFirstDamage) {
    EXPECT_EQ(valid_utf8_prefix("twelve bytes\xff and more"), 12U);
    EXPECT_EQ(valid_utf8_prefix("\xe2\x82"), 0U);
    EXPECT_EQ(valid_utf8_prefix("ab\xc3\xa9\xc3"), 4U);
}

}  // namespace
}  // namespace dotmoe
