#include "widgets/colour_bar.h"

#include <QPainter>

#include "widgets/colour_maps.h"

namespace dotmoe {

void drawColourBar(QPainter& painter, const QRect& bar, const ColourScale& scale) {
    for (int y = 0; y < bar.height(); ++y) {
        const double part = 1 - (y + 0.5) / bar.height();
        const QRgb colour =
            scale.isSigned ? divergingColour(2 * part - 1, scale.dark) : sequentialColour(part);
        painter.fillRect(bar.left(), bar.top() + y, bar.width(), 1, QColor(colour));
    }
    const int height = painter.fontMetrics().height();
    for (int tick = 0; tick <= 4; ++tick) {
        const double part = tick / 4.0;
        const double value = scale.end * (scale.isSigned ? 2 * part - 1 : part);
        const int y = bar.bottom() - qRound(part * (bar.height() - 1));
        painter.drawText(QRect(bar.right() + 4, y - height / 2, 200, height),
                         Qt::AlignLeft | Qt::AlignVCenter, QString::number(value, 'g', 3));
    }
}

}  // namespace dotmoe
