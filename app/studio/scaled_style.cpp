#include "app/studio/scaled_style.h"

#include <QPainter>
#include <QScopedValueRollback>
#include <QWidget>

namespace dotmoe::studio {

void ScaledStyle::drawControl(ControlElement element, const QStyleOption* option, QPainter* painter,
                              const QWidget* widget) const {
    // Qt paints the title with the font that the dock had when it was made.
    if (element == CE_DockWidgetTitle && widget) painter->setFont(widget->font());
    QProxyStyle::drawControl(element, option, painter, widget);
}

int ScaledStyle::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
    const bool within = m_within;
    const QScopedValueRollback guard(m_within, true);
    const int length = QProxyStyle::pixelMetric(metric, option, widget);
    return within || length <= 0 ? length : std::max(1, length * m_percent / 100);
}

}  // namespace dotmoe::studio
