#include "formats/byte_reader.h"

namespace dotmoe {

std::string printable(std::string_view text) {
    constexpr std::size_t longest = 80;
    std::string shown;
    for (const char c : text.substr(0, longest)) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte >= 0x7f || c == '\'')
            shown += fmt::format("\\x{:02x}", byte);
        else
            shown += c;
    }
    return text.size() > longest ? shown + "..." : shown;
}

}  // namespace dotmoe
