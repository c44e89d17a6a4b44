// Numbers as people read them.
#pragma once

#include <QString>

namespace dotmoe::studio {

/// 1536 -> "1.5 kB", 1.9e9 -> "1.9 GB" (powers of ten).
QString bytes_text(double bytes);
/// 134.5e6 -> "134.5 M".
QString count_text(double count);
/// 8.2 -> "8 s", 250 -> "4 min 10 s", 5400 -> "1 h 30 min".
QString duration_text(double seconds);
/// 0.25 -> "25 %".
QString share_text(double share);

}  // namespace dotmoe::studio
