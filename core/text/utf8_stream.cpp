#include "text/utf8_stream.h"

#include <algorithm>
#include <utility>

#include "text/utf8.h"

namespace dotmoe {
namespace {

/// Length of the end of `text` that further bytes could make a character.
std::size_t unfinished_tail(std::string_view text) {
    for (std::size_t length = 1; length <= std::min<std::size_t>(3, text.size()); ++length) {
        const auto tail = text.substr(text.size() - length);
        const auto first = static_cast<unsigned char>(tail[0]);
        if (first < 0xC2 || first > 0xF4) continue;
        // One maximal ill-formed part, and ill-formed only because the text ends here.
        return valid_utf8_prefix(tail) == 0 && replace_invalid_utf8(tail) == "\xEF\xBF\xBD" ? length : 0;
    }
    return 0;
}

}  // namespace

std::string Utf8Stream::push(std::string_view bytes) {
    waiting_ += bytes;
    const auto whole = waiting_.size() - unfinished_tail(waiting_);
    auto text = replace_invalid_utf8(std::string_view(waiting_).substr(0, whole));
    waiting_.erase(0, whole);
    return text;
}

std::string Utf8Stream::finish() {
    return replace_invalid_utf8(std::exchange(waiting_, {}));
}

}  // namespace dotmoe
