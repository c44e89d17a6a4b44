// GPT-2's printable alphabet: every byte as one visible character, so that vocabularies are text
// (bytes_to_unicode in openai/gpt-2 encoder.py).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dotmoe {

/// The character, in UTF-8, that stands for a byte: itself where printable in Latin-1, else U+0100 onwards in
/// order.
const std::string& byte_to_printable(unsigned char byte);

/// Bytes that a text in the alphabet stands for; nullopt when it has a character outside.
std::optional<std::string> printable_to_bytes(std::string_view printable);

}  // namespace dotmoe
