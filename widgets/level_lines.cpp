#include "widgets/level_lines.h"

#include <qcustomplot.h>

#include <algorithm>

#include "widgets/curve_series.h"
#include "widgets/plot_space.h"

namespace dotmoe {

LevelLines::LevelLines(QCPAxisRect& rect) : m_rect(rect) {
    connect(rect.parentPlot(), &QCustomPlot::afterLayout, this, &LevelLines::placeLabels);
}

void LevelLines::set(const QString& name, double value) {
    auto known = std::ranges::find(m_levels, name, &Level::name);
    if (known == m_levels.end()) {
        QCustomPlot* plot = m_rect.parentPlot();
        known = m_levels.insert(known, {name, value, new QCPItemStraightLine(plot), new QCPItemText(plot)});
        QCPAxis *x = m_rect.axis(QCPAxis::atBottom), *y = m_rect.axis(QCPAxis::atLeft);
        for (QCPItemPosition* point : {known->line->point1, known->line->point2}) point->setAxes(x, y);
        known->line->setClipAxisRect(&m_rect);
        known->label->setClipAxisRect(&m_rect);
        known->label->setLayer(QStringLiteral("overlay"));
        known->label->position->setType(QCPItemPosition::ptAbsolute);
        known->label->setPositionAlignment(Qt::AlignCenter);
        style(*known);
    }
    known->value = value;
    known->line->point1->setCoords(0, value);
    known->line->point2->setCoords(1, value);
    known->label->setText(QStringLiteral("%1 %2").arg(name, shortNumber(value)));
}

std::vector<QRectF> LevelLines::placesOf(const Level& level) const {
    const QSizeF size = QFontMetricsF(m_font).size(0, level.label->text());
    const QRectF inside = QRectF(m_rect.rect()).adjusted(4, 0, -4, 0);
    const double at = m_rect.axis(QCPAxis::atLeft)->coordToPixel(level.value);
    const double room = inside.width() - size.width();
    std::vector<QRectF> places;
    for (int step = 0; step <= 12; ++step) {  // farther off where levels, or points, lie close together
        const double away = 1 + step * size.height() / 4;
        for (const double top : {at - away - size.height(), at + away})
            for (const double share : {1.0, 0.0, 0.5, 0.75, 0.25})
                places.emplace_back(QPointF(inside.left() + share * room, top), size);
    }
    return places;
}

void LevelLines::placeLabels() {
    std::vector<std::vector<QRectF>> offered;
    std::ranges::transform(m_levels, std::back_inserter(offered),
                           [this](const Level& level) { return placesOf(level); });
    auto space = spaceOf(m_rect);
    for (const Level& level : m_levels) {
        const double at = m_rect.axis(QCPAxis::atLeft)->coordToPixel(level.value);
        space.lines.emplace_back(space.bounds.left(), at, space.bounds.right(), at);
    }
    const auto places = dotmoe::placeLabels(offered, space);
    for (std::size_t index = 0; index < m_levels.size(); ++index) {
        const QRectF place = places[index].value_or(offered[index].front());
        m_levels[index].label->position->setPixelPosition(place.center());
    }
}

void LevelLines::clear() {
    for (const Level& level : m_levels) {
        m_rect.parentPlot()->removeItem(level.line);
        m_rect.parentPlot()->removeItem(level.label);
    }
    m_levels.clear();
}

void LevelLines::setVisible(bool visible) {
    m_visible = visible;
    std::ranges::for_each(m_levels, [this](const Level& level) { style(level); });
}

void LevelLines::setStyle(const QPen& pen, const QColor& text, const QColor& ground, const QFont& font) {
    m_pen = pen;
    m_text = text;
    m_ground = ground;
    m_font = font;
    std::ranges::for_each(m_levels, [this](const Level& level) { style(level); });
}

void LevelLines::style(const Level& level) const {
    level.line->setPen(m_pen);
    level.line->setVisible(m_visible);
    level.label->setColor(m_text);
    level.label->setBrush(m_ground);
    level.label->setFont(m_font);
    level.label->setVisible(m_visible);
}

std::vector<double> LevelLines::values() const {
    std::vector<double> values;
    if (m_visible) std::ranges::transform(m_levels, std::back_inserter(values), &Level::value);
    return values;
}

std::vector<std::pair<QString, double>> LevelLines::named() const {
    std::vector<std::pair<QString, double>> named;
    for (const Level& level : m_levels) named.emplace_back(level.name.chopped(1), level.value);  // the colon
    return named;
}

}  // namespace dotmoe
