#include "app/cli/text_format.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace dotmoe::cli {
namespace {

std::string scaled(double value, const std::array<std::string_view, 5>& units) {
    std::size_t unit = 0;
    for (; value >= 999.95 && unit + 1 < units.size(); ++unit) value /= 1000;
    return unit == 0 ? fmt::format("{:.0f}{}", value, units[0])
                     : fmt::format("{:.1f} {}", value, units[unit]);
}

}  // namespace

std::string human_bytes(double bytes) {
    return scaled(bytes, {" B", "kB", "MB", "GB", "TB"});
}

std::string human_count(double count) {
    return scaled(count, {"", "k", "M", "G", "T"});
}

std::string human_duration(double seconds) {
    const auto whole = std::llround(std::max(seconds, 0.0));
    const auto hours = whole / 3600, minutes = whole / 60 % 60, rest = whole % 60;
    return hours > 0 ? fmt::format("{}:{:02}:{:02}", hours, minutes, rest)
                     : fmt::format("{}:{:02}", minutes, rest);
}

std::string one_line(std::string_view text) {
    std::string line;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        line += byte < 0x20 || byte == 0x7F ? ' ' : c;
    }
    return line;
}

}  // namespace dotmoe::cli
