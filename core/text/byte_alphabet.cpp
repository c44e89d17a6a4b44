#include "text/byte_alphabet.h"

#include <array>

namespace dotmoe {
namespace {

constexpr bool stands_for_itself(unsigned byte) {
    return (byte >= '!' && byte <= '~') || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
}

/// Code points of the 256 characters: all below U+0180, two bytes of UTF-8 at most.
constexpr std::array<unsigned, 256> code_points = [] {
    std::array<unsigned, 256> points{};
    unsigned next = 0x100;
    for (unsigned byte = 0; byte < 256; ++byte) points[byte] = stands_for_itself(byte) ? byte : next++;
    return points;
}();

std::string to_utf8(unsigned point) {
    if (point < 0x80) return {static_cast<char>(point)};
    return {static_cast<char>(0xc0 | point >> 6), static_cast<char>(0x80 | (point & 0x3f))};
}

/// Byte of a code point below U+0180, -1 for those outside the alphabet.
constexpr std::array<int, 0x180> bytes_of_points = [] {
    std::array<int, 0x180> bytes{};
    bytes.fill(-1);
    for (unsigned byte = 0; byte < 256; ++byte) bytes[code_points[byte]] = static_cast<int>(byte);
    return bytes;
}();

}  // namespace

const std::string& byte_to_printable(unsigned char byte) {
    static const auto characters = [] {
        std::array<std::string, 256> made;
        for (unsigned i = 0; i < made.size(); ++i) made[i] = to_utf8(code_points[i]);
        return made;
    }();
    return characters[byte];
}

std::optional<std::string> printable_to_bytes(std::string_view printable) {
    std::string bytes;
    bytes.reserve(printable.size());
    for (std::size_t i = 0; i < printable.size(); ++i) {
        unsigned point = static_cast<unsigned char>(printable[i]);
        if (point >= 0x80) {
            const bool two_bytes = (point & 0xe0) == 0xc0 && i + 1 < printable.size();
            if (!two_bytes) return std::nullopt;
            point = (point & 0x1f) << 6 | (static_cast<unsigned char>(printable[++i]) & 0x3f);
        }
        if (point >= bytes_of_points.size() || bytes_of_points[point] < 0) return std::nullopt;
        bytes += static_cast<char>(bytes_of_points[point]);
    }
    return bytes;
}

}  // namespace dotmoe
