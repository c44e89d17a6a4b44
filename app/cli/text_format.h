// Sizes and times as people read them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dotmoe::cli {

/// 1536 -> "1.5 kB", in powers of 1000.
std::string human_bytes(double bytes);
/// 134515008 -> "134.5 M".
std::string human_count(double count);
/// 75.4 -> "1:15", 5025 -> "1:23:45".
std::string human_duration(double seconds);
/// Without control characters, so that text from an untrusted file stays one line and can't steer the
/// terminal.
std::string one_line(std::string_view text);

}  // namespace dotmoe::cli
