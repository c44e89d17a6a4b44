// Colours that carry numbers: perceptually uniform scales for masses, one steady colour for each expert.
#pragma once

#include <QColor>
#include <QImage>
#include <QPalette>

namespace dotmoe {

/// Qt 6.4 knows no colour scheme: a palette is dark when its window is darker than its text.
bool isDark(const QPalette& palette);

/// viridis (van der Walt and Smith, CC0): lightness rises evenly, so equal steps of mass look equal, in grey
/// too. `value` is clamped to 0..1; NaN counts as 0.
QRgb sequentialColour(double value);

/// For signed values in -1..1, 0 in the background's own tone: RdBu (ColorBrewer) on light palettes, berlin
/// (Crameri) on dark ones. Blue is negative, red positive on both. NaN counts as 0.
QRgb divergingColour(double value, bool dark);

/// Steady for an id in every view and theme: hue and lightness in OKLCH follow the R2 sequence (Roberts 2018:
/// steps of 1/g^2 and 1/g, g the plastic number), so any first n ids are spread evenly. 84 colours are still
/// told apart side by side but not remembered: the number is always shown too. Negative (a layer that is
/// still dense): grey.
QColor expertColour(int expert);

/// Black or white, whichever contrasts more with the background (WCAG 2 contrast, never under 4.5).
QColor readableOn(const QColor& background);

/// WCAG 2 contrast ratio, 1..21.
double contrast(const QColor& one, const QColor& other);

}  // namespace dotmoe
