#include "app/studio/theme.h"

#include "widgets/colour_maps.h"

namespace dotmoe::studio {
namespace {

QPalette palette_of(const QColor& window, const QColor& base, const QColor& text, const QColor& highlight) {
    QPalette palette(window);  // derives buttons, bevels and the disabled group
    for (const auto role :
         {QPalette::WindowText, QPalette::Text, QPalette::ButtonText, QPalette::ToolTipText})
        palette.setColor(role, text);
    palette.setColor(QPalette::Base, base);
    palette.setColor(QPalette::AlternateBase, mixed(base, window, 0.5));
    palette.setColor(QPalette::ToolTipBase, base);
    palette.setColor(QPalette::PlaceholderText, mixed(base, text, 0.5));
    palette.setColor(QPalette::Highlight, highlight);
    palette.setColor(QPalette::HighlightedText, Qt::white);
    palette.setColor(QPalette::Link, highlight);
    for (const auto role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, mixed(window, text, 0.45));
    return palette;
}

}  // namespace

QColor good_colour(const QPalette& palette) {
    return isDark(palette) ? QColor(0x5fc980) : QColor(0x1c7a3d);
}
QColor busy_colour(const QPalette& palette) {
    return isDark(palette) ? QColor(0xf0b35a) : QColor(0x9a5b00);
}
QColor bad_colour(const QPalette& palette) {
    return isDark(palette) ? QColor(0xff8a7a) : QColor(0xb3261e);
}

QColor quiet_colour(const QPalette& palette) {
    return mixed(palette.color(QPalette::Window), palette.color(QPalette::WindowText), 0.65);
}

QColor mixed(const QColor& a, const QColor& b, double share) {
    const auto part = [share](int from, int to) { return static_cast<int>(from + share * (to - from)); };
    return {part(a.red(), b.red()), part(a.green(), b.green()), part(a.blue(), b.blue())};
}

QPalette light_palette() {
    return palette_of(QColor(0xf3f3f2), QColor(0xffffff), QColor(0x1d1f21), QColor(0x2468b2));
}

QPalette dark_palette() {
    return palette_of(QColor(0x26282b), QColor(0x1c1d1f), QColor(0xe4e4e2), QColor(0x3b7cc9));
}

}  // namespace dotmoe::studio
