// The scale beside a heatmap: a bar of its colours with numbers.
#pragma once

#include <QRect>

class QPainter;

namespace dotmoe {

struct ColourScale {
    double end = 1;         ///< value at the top
    bool isSigned = false;  ///< from -end in divergingColour; else from 0 in sequentialColour
    bool dark = false;
};

/// Five numbers to the right of `bar`, in the painter's pen and font, three significant digits.
void drawColourBar(QPainter& painter, const QRect& bar, const ColourScale& scale);

}  // namespace dotmoe
