#include "base/text_lines.h"

#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "base/error.h"

namespace dotmoe {
namespace {

constexpr std::size_t buffer_bytes = 1 << 16;
constexpr std::size_t longest_line = 1 << 20;

}  // namespace

void TextLines::Close::operator()(gzFile_s* file) const {
    gzclose_r(file);
}

// zlib hands plain files through as they are.
TextLines::TextLines(const std::filesystem::path& path) : path_(path), file_(gzopen(path.c_str(), "rbe")) {
    if (!file_) fail("{}: cannot be opened: {}", path.string(), std::strerror(errno));
}

void TextLines::fill() {
    buffer_.resize(buffer_bytes);
    begin_ = 0;
    const int count = gzread(file_.get(), buffer_.data(), static_cast<unsigned>(buffer_.size()));
    buffer_.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    if (count > 0) return;
    int code = Z_OK;
    const char* const cause = gzerror(file_.get(), &code);
    if (code == Z_ERRNO) fail("{}: cannot be read: {}", path_.string(), std::strerror(errno));
    if (code != Z_OK) fail("{}: is damaged ({}); fetch it again", path_.string(), cause);
}

std::optional<std::string> TextLines::next() {
    std::string line;
    for (bool ended = false; !ended;) {
        if (begin_ == buffer_.size()) fill();
        if (buffer_.empty()) {
            if (line.empty()) return std::nullopt;
            ended = true;
        } else {
            const auto rest = std::string_view(buffer_).substr(begin_);
            const auto length = std::min(rest.find('\n'), rest.size());
            ended = length < rest.size();
            line += rest.substr(0, length);
            begin_ += length + (ended ? 1 : 0);
        }
        if (line.size() > longest_line)
            fail("{}:{}: the line has more than {} bytes", path_.string(), number_ + 1, longest_line);
    }
    ++number_;
    if (line.ends_with('\r')) line.pop_back();
    return line;
}

std::string TextLines::where() const {
    return fmt::format("{}:{}", path_.string(), number_);
}

}  // namespace dotmoe
