// Colours that the palette does not name, readable on a light and on a dark one.
#pragma once

#include <QPalette>

namespace dotmoe::studio {

QColor good_colour(const QPalette& palette);
QColor busy_colour(const QPalette& palette);
QColor bad_colour(const QPalette& palette);
/// Secondary text.
QColor quiet_colour(const QPalette& palette);
/// `share` of b in a.
QColor mixed(const QColor& a, const QColor& b, double share);

/// Palettes of the pictures in the README, independent of the desktop.
QPalette light_palette();
QPalette dark_palette();

}  // namespace dotmoe::studio
