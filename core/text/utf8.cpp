#include "text/utf8.h"

#include <cstring>

namespace dotmoe {
namespace {

/// What a lead byte demands: how many bytes follow, and the range of the first of them (the others
/// are 80..BF).
struct Lead {
    int following = -1;  // -1: no lead byte
    unsigned char low = 0x80, high = 0xbf;
};

Lead classify(unsigned char byte) {
    if (byte < 0x80) return {0};
    if (byte < 0xc2) return {};
    if (byte < 0xe0) return {1};
    if (byte == 0xe0) return {2, 0xa0};
    if (byte == 0xed) return {2, 0x80, 0x9f};
    if (byte < 0xf0) return {2};
    if (byte == 0xf0) return {3, 0x90};
    if (byte < 0xf4) return {3};
    if (byte == 0xf4) return {3, 0x80, 0x8f};
    return {};
}

struct Part {
    std::size_t length;
    bool well_formed;
};

/// The character, or the maximal ill-formed part, that the (not empty) text starts with.
Part first_part(std::string_view text) {
    const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const auto lead = classify(at(0));
    if (lead.following < 0) return {1, false};
    const auto length = static_cast<std::size_t>(lead.following) + 1;
    for (std::size_t i = 1; i < length; ++i) {
        const unsigned char low = i == 1 ? lead.low : 0x80, high = i == 1 ? lead.high : 0xbf;
        if (i == text.size() || at(i) < low || at(i) > high) return {i, false};
    }
    return {length, true};
}

/// Length of the ASCII prefix, eight bytes at a time.
std::size_t ascii_prefix(std::string_view text) {
    std::size_t i = 0;
    for (std::uint64_t eight; i + sizeof(eight) <= text.size(); i += sizeof(eight)) {
        std::memcpy(&eight, text.data() + i, sizeof(eight));
        if (eight & 0x8080808080808080u) break;
    }
    while (i < text.size() && static_cast<unsigned char>(text[i]) < 0x80) ++i;
    return i;
}

}  // namespace

std::size_t valid_utf8_prefix(std::string_view bytes) {
    std::size_t i = 0;
    while ((i += ascii_prefix(bytes.substr(i))) < bytes.size()) {
        const auto part = first_part(bytes.substr(i));
        if (!part.well_formed) break;
        i += part.length;
    }
    return i;
}

std::size_t first_character(std::string_view text) {
    return first_part(text).length;
}

bool is_ascii(std::string_view bytes) {
    return ascii_prefix(bytes) == bytes.size();
}

std::string replace_invalid_utf8(std::string_view bytes) {
    constexpr std::string_view replacement = "\xef\xbf\xbd";
    std::string text;
    text.reserve(bytes.size());
    while (!bytes.empty()) {
        const auto valid = valid_utf8_prefix(bytes);
        text += bytes.substr(0, valid);
        bytes.remove_prefix(valid);
        if (bytes.empty()) break;
        text += replacement;
        bytes.remove_prefix(first_part(bytes).length);
    }
    return text;
}

}  // namespace dotmoe
