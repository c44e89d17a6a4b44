#include "widgets/plot_space.h"

#include <qcustomplot.h>

namespace dotmoe {
namespace {

void addLines(std::vector<QLineF>& lines, QPointF from, QPointF to, QCPGraph::LineStyle style) {
    if (style == QCPGraph::lsNone) return;
    const QPointF corner = style == QCPGraph::lsStepLeft ? QPointF(to.x(), from.y()) : from;
    if (corner != from) lines.emplace_back(from, corner);
    lines.emplace_back(corner, to);
}

}  // namespace

LabelSpace spaceOf(const QCPAxisRect& rect) {
    LabelSpace space{QRectF(rect.rect()), {}, {}};
    for (const auto* graph : rect.graphs()) {
        if (!graph->visible() || graph->layer() == rect.parentPlot()->layer("overlay")) continue;
        const auto marker = graph->scatterStyle();
        const QSizeF size(marker.size() + 2, marker.size() + 2);
        std::optional<QPointF> before;
        for (const auto& point : *graph->data()) {
            const QPointF at = graph->coordsToPixels(point.key, point.value);
            if (!marker.isNone())
                space.markers.emplace_back(at - QPointF(size.width(), size.height()) / 2, size);
            if (before) addLines(space.lines, *before, at, graph->lineStyle());
            before = at;
        }
    }
    return space;
}

}  // namespace dotmoe
