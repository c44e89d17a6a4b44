// How the map of all experts is drawn: grid, axes, legend.
#include <QPainter>
#include <algorithm>

#include "widgets/colour_maps.h"
#include "widgets/expert_map.h"
#include "widgets/plan_marks.h"
#include "widgets/spacing.h"

namespace dotmoe {
namespace {

constexpr QSize smallestCell(5, 5), largestCell(36, 22);

/// Of an expert that is off: small, in the middle.
QRect offRect(const QRect& cell) {
    const QSize size(std::max(2, cell.width() / 2 - 1), std::max(2, cell.height() / 2 - 1));
    return {cell.center() - QPoint((size.width() - 1) / 2, (size.height() - 1) / 2), size};
}

void drawMark(QPainter& painter, const QRect& cell, bool on) {
    drawPlanMark(painter, cell, on ? PlanMarking::pin : PlanMarking::forbid);
}

}  // namespace

QSize ExpertMap::minimumSizeHint() const {
    const QSize margins = rect().size() - gridArea().size();
    const int layers = m_routing ? m_routing->layers : 1, experts = m_routing ? m_routing->experts : 1;
    return {std::max(240, experts * smallestCell.width() + margins.width()),
            std::max(90, layers * smallestCell.height() + margins.height())};
}

QSize ExpertMap::sizeHint() const {
    return minimumSizeHint() * 1.4;
}

QRect ExpertMap::gridArea() const {
    const QFontMetrics text(font());
    const int left = pictureGap + text.horizontalAdvance(tr("layer 00")) + pictureGap;
    return rect().adjusted(left, pictureGap + 2 * (text.height() + pictureGap), -pictureGap,
                           -(2 * text.height() + pictureGap));
}

QRect ExpertMap::cellRect(int layer, int expert) const {
    if (!m_routing || layer < 0 || layer >= m_routing->layers || expert < 0 || expert >= m_routing->experts)
        return {};
    const QRect area = gridArea();
    const int wide = std::clamp(area.width() / m_routing->experts, 1, largestCell.width());
    const int high = std::clamp(area.height() / m_routing->layers, 1, largestCell.height());
    return {area.left() + expert * wide, area.top() + layer * high, std::max(1, wide - 1),
            std::max(1, high - 1)};
}

std::optional<ExpertMap::Cell> ExpertMap::cellAt(QPoint position) const {
    const QRect first = cellRect(0, 0);
    if (first.isEmpty() || position.x() < first.left() || position.y() < first.top()) return std::nullopt;
    const Cell cell{(position.y() - first.top()) / (first.height() + 1),
                    (position.x() - first.left()) / (first.width() + 1)};
    if (cellRect(cell.layer, cell.expert).isEmpty()) return std::nullopt;
    return cell;
}

void ExpertMap::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QFontMetrics text(font());
    painter.setPen(palette().color(QPalette::WindowText));
    const QRect titleRect(pictureGap, pictureGap, width() - 2 * pictureGap, text.height());
    painter.drawText(titleRect, Qt::AlignLeft | Qt::AlignVCenter,
                     text.elidedText(title(), Qt::ElideRight, titleRect.width()));
    if (!m_routing) return;
    drawLegend(painter);
    drawCells(painter);
    drawAxes(painter);
}

void ExpertMap::drawCells(QPainter& painter) const {
    for (int layer = 0; layer < m_routing->layers; ++layer) {
        const auto first = m_routing->logit.begin() + std::ptrdiff_t{layer} * m_routing->experts;
        const auto [lowest, highest] = std::minmax_element(first, first + m_routing->experts);
        const double range = std::max(1e-9, static_cast<double>(*highest) - static_cast<double>(*lowest));
        for (int expert = 0; expert < m_routing->experts; ++expert) {
            const QRect cell = cellRect(layer, expert);
            const Cell here{layer, expert};
            const QColor colour =
                m_routing->dense[static_cast<std::size_t>(layer)] != 0
                    ? expertColour(-1)
                    : QColor(sequentialColour(
                          (static_cast<double>(logit(here)) - static_cast<double>(*lowest)) / range));
            painter.fillRect(isOn(here) ? cell : offRect(cell), colour);
        }
    }
    for (const ExpertMark& mark : m_marks)
        if (const QRect cell = cellRect(mark.layer, mark.expert); !cell.isEmpty())
            drawMark(painter, cell, mark.on);
    if (m_chosen) {
        painter.setPen(QPen(palette().color(hasFocus() ? QPalette::Highlight : QPalette::WindowText), 2));
        painter.drawRect(cellRect(m_chosen->layer, m_chosen->expert).adjusted(-2, -2, 2, 2));
    }
}

void ExpertMap::drawAxes(QPainter& painter) const {
    const QFontMetrics text(font());
    const QRect first = cellRect(0, 0), last = cellRect(m_routing->layers - 1, m_routing->experts - 1);
    painter.setPen(palette().color(QPalette::WindowText));
    // Every n-th number, as many as there is room for.
    const auto stride = [](int pitch, int room) { return std::max(1, (room + pitch - 1) / pitch); };
    for (int layer = 0; layer < m_routing->layers; layer += stride(first.height() + 1, text.height())) {
        const QRect row = cellRect(layer, 0);
        painter.drawText(
            QRect(0, row.center().y() - text.height() / 2, first.left() - pictureGap, text.height()),
            Qt::AlignRight | Qt::AlignVCenter,
            layer == 0 ? tr("layer %1").arg(layer) : QString::number(layer));
    }
    const int wide = text.horizontalAdvance(QStringLiteral("000"));
    for (int expert = 0; expert < m_routing->experts; expert += stride(first.width() + 1, wide)) {
        const QRect column = cellRect(m_routing->layers - 1, expert);
        painter.drawText(QRect(column.center().x() - wide, column.bottom() + 3, 2 * wide, text.height()),
                         Qt::AlignCenter, QString::number(expert));
    }
    painter.drawText(
        QRect(first.left(), last.bottom() + 2 + text.height(), last.right() - first.left(), text.height()),
        Qt::AlignCenter, tr("expert"));
    if (const QRect row = cellRect(m_layer, 0); !row.isEmpty()) {
        painter.setPen(QPen(palette().color(QPalette::WindowText), 1));
        painter.drawRect(row.united(cellRect(m_layer, m_routing->experts - 1)).adjusted(-1, -1, 0, 0));
    }
}

void ExpertMap::drawLegend(QPainter& painter) const {
    const QFontMetrics text(font());
    const int side = text.height() - 4, top = pictureGap + text.height() + pictureGap;
    int x = pictureGap;
    const auto write = [&](const QString& word) {
        painter.setPen(palette().color(QPalette::WindowText));
        painter.drawText(QPoint(x, top + text.ascent()), word);
        x += text.horizontalAdvance(word) + 2 * pictureGap;
    };
    const auto square = [&] {
        const QRect cell(x, top + 2, side, side);
        x += side + pictureGap / 2;
        return cell;
    };
    const QColor colour(sequentialColour(0.6));
    painter.fillRect(square(), colour);
    write(tr("on"));
    painter.fillRect(offRect(square()), colour);
    write(tr("off"));
    drawMark(painter, square(), true);
    write(tr("forced on"));
    drawMark(painter, square(), false);
    write(tr("forced off"));
    const QRect scale(x, top + 2, 4 * side, side);
    for (int i = 0; i < scale.width(); ++i)
        painter.fillRect(scale.left() + i, scale.top(), 1, side,
                         QColor(sequentialColour(static_cast<double>(i) / (scale.width() - 1))));
    x += scale.width() + pictureGap / 2;
    write(tr("logit, lowest to highest of its layer"));
}

}  // namespace dotmoe
