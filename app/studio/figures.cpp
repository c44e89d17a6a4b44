#include "app/studio/figures.h"

#include <array>
#include <cmath>

#include "app/studio/tr.h"

namespace dotmoe::studio {
namespace {

template <std::size_t Count>
QString scaled(double value, const std::array<const char*, Count>& units) {
    std::size_t unit = 0;
    for (; value >= 999.5 && unit + 1 < Count; ++unit) value /= 1000;
    const int digits = unit == 0 || value >= 99.95 ? 0 : 1;
    const auto number = QString::number(value, 'f', digits);
    return *units[unit] == '\0' ? number : QStringLiteral("%1 %2").arg(number, QLatin1String(units[unit]));
}

}  // namespace

QString bytes_text(double bytes) {
    return scaled(bytes, std::array{"B", "kB", "MB", "GB", "TB"});
}

QString count_text(double count) {
    return scaled(count, std::array{"", "k", "M", "G", "T"});
}

QString duration_text(double seconds) {
    const auto whole = std::llround(std::max(seconds, 0.0));
    if (whole < 60) return tr("%1 s").arg(whole);
    if (whole < 3600) return tr("%1 min %2 s").arg(whole / 60).arg(whole % 60);
    return tr("%1 h %2 min").arg(whole / 3600).arg(whole / 60 % 60);
}

QString share_text(double share) {
    return tr("%1 %").arg(QString::number(100 * share, 'g', 3));
}

}  // namespace dotmoe::studio
