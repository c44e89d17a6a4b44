#include "text/byte_alphabet.h"

#include <gtest/gtest.h>

#include <set>

namespace dotmoe {
namespace {

TEST(ByteAlphabet, KnownCharacters) {
    EXPECT_EQ(byte_to_printable('a'), "a");
    EXPECT_EQ(byte_to_printable(' '), "\u0120");
    EXPECT_EQ(byte_to_printable('\n'), "\u010a");
    EXPECT_EQ(byte_to_printable(0x00), "\u0100");
    EXPECT_EQ(byte_to_printable(0x7f), "\u0121");
    EXPECT_EQ(byte_to_printable(0xad), "\u0143");
    EXPECT_EQ(byte_to_printable(0xff), "\u00ff");
}

TEST(ByteAlphabet, EveryByteHasItsOwnCharacterAndComesBack) {
    std::set<std::string> seen;
    for (int byte = 0; byte < 256; ++byte) {
        const auto& printable = byte_to_printable(static_cast<unsigned char>(byte));
        EXPECT_TRUE(seen.insert(printable).second);
        EXPECT_EQ(printable_to_bytes(printable), std::string(1, static_cast<char>(byte)));
    }
}

TEST(ByteAlphabet, CharactersOutsideHaveNoBytes) {
    for (const auto* outside : {" ", "\n", "\u0144", "\u00ad", "\u3000", "\U0001f600", "a\xc4", "\xff"})
        EXPECT_EQ(printable_to_bytes(outside), std::nullopt) << outside;
    EXPECT_EQ(printable_to_bytes(""), "");
}

}  // namespace
}  // namespace dotmoe
