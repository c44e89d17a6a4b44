#include "widgets/plan_marks.h"

#include <QPainter>
#include <algorithm>

namespace dotmoe {

void drawPlanMark(QPainter& painter, const QRect& cell, PlanMarking marking) {
    const double radius = std::clamp(0.35 * std::min(cell.width(), cell.height()), 4.0, 8.0);
    const QPointF centre = QRectF(cell).center();
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    if (marking == PlanMarking::pin) {
        painter.setPen(QPen(Qt::black, 2));
        painter.setBrush(Qt::white);
        painter.drawEllipse(centre, radius, radius);
    } else {
        const QPointF down(radius, radius), up(radius, -radius);
        for (const auto& [colour, width] : {std::pair{Qt::black, 5}, {Qt::white, 2}}) {
            painter.setPen(QPen(colour, width));
            painter.drawLine(centre - down, centre + down);
            painter.drawLine(centre - up, centre + up);
        }
    }
    painter.restore();
}

}  // namespace dotmoe
