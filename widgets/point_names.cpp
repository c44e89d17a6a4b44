#include "widgets/point_names.h"

#include <qcustomplot.h>

#include "widgets/plot_space.h"

namespace dotmoe {

PointNames::PointNames(QCustomPlot& plot, QCPAxis* x, QCPAxis* y)
    : QObject(&plot), m_plot(plot), m_x(x), m_y(y) {
    connect(&plot, &QCustomPlot::afterLayout, this, &PointNames::place);
}

void PointNames::setNames(std::vector<Name> names) {
    for (auto* item : m_items) m_plot.removeItem(item);
    m_items.clear();
    m_names = std::move(names);
    for (const Name& name : m_names) {
        auto* item = new QCPItemText(&m_plot);
        item->setPositionAlignment(Qt::AlignCenter);
        item->position->setType(QCPItemPosition::ptAbsolute);
        item->setText(name.text);
        m_items.push_back(item);
    }
    setStyle(m_colour, m_font);
}

void PointNames::setStyle(const QColor& colour, const QFont& font) {
    m_colour = colour;
    m_font = font;
    for (auto* item : m_items) {
        item->setColor(colour);
        item->setFont(font);
    }
}

void PointNames::place() {
    constexpr double gap = 7;  // markers are up to 12 pixels wide
    const QFontMetricsF metrics(m_font);
    std::vector<std::vector<QRectF>> offered;
    for (const auto& [x, y, text] : m_names)
        offered.push_back(
            placesBeside({m_x->coordToPixel(x), m_y->coordToPixel(y)}, metrics.size(0, text), gap));
    m_places = placeLabels(offered, spaceOf(*m_x->axisRect()));
    for (std::size_t index = 0; index < m_items.size(); ++index) {
        m_items[index]->setVisible(m_places[index].has_value());
        if (m_places[index]) m_items[index]->position->setPixelPosition(m_places[index]->center());
    }
}

}  // namespace dotmoe
