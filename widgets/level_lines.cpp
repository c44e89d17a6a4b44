#include "widgets/level_lines.h"

#include <qcustomplot.h>

#include <algorithm>

#include "widgets/curve_series.h"

namespace dotmoe {

void LevelLines::set(const QString& name, double value) {
    auto known = std::ranges::find(m_levels, name, &Level::name);
    if (known == m_levels.end()) {
        QCustomPlot* plot = m_rect.parentPlot();
        known = m_levels.insert(known, {name, value, new QCPItemStraightLine(plot), new QCPItemText(plot)});
        QCPAxis *x = m_rect.axis(QCPAxis::atBottom), *y = m_rect.axis(QCPAxis::atLeft);
        for (QCPItemPosition* point : {known->line->point1, known->line->point2, known->label->position})
            point->setAxes(x, y);
        known->line->setClipAxisRect(&m_rect);
        known->label->setClipAxisRect(&m_rect);
        known->label->setLayer(QStringLiteral("overlay"));
        known->label->position->setAxisRect(&m_rect);
        known->label->position->setTypeX(QCPItemPosition::ptAxisRectRatio);
        // Left and right by turns: the labels of two near levels stay legible.
        const bool right = std::distance(m_levels.begin(), known) % 2 == 0;
        known->label->setPositionAlignment((right ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignBottom);
        known->label->position->setCoords(right ? 0.99 : 0.01, value);
        style(*known);
    }
    known->value = value;
    known->line->point1->setCoords(0, value);
    known->line->point2->setCoords(1, value);
    known->label->position->setCoords(known->label->position->coords().x(), value);
    known->label->setText(QStringLiteral("%1 %2").arg(name, shortNumber(value)));
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
