// Well-formed UTF-8 from any bytes.
#pragma once

#include <string>
#include <string_view>

namespace dotmoe {

/// Length of the longest prefix that is well-formed UTF-8 (Unicode 15, table 3-7: no overlong forms, no
/// surrogates, nothing above U+10FFFF).
std::size_t valid_utf8_prefix(std::string_view bytes);

/// Length of the character that well-formed text, not empty, starts with.
std::size_t first_character(std::string_view text);

bool is_ascii(std::string_view bytes);

/// Every maximal ill-formed part becomes one U+FFFD, as Python's bytes.decode(errors="replace") has it.
std::string replace_invalid_utf8(std::string_view bytes);

}  // namespace dotmoe
