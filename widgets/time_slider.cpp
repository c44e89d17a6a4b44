#include "widgets/time_slider.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QStyle>
#include <QStyleOptionSlider>
#include <QToolTip>

namespace dotmoe {
namespace {

constexpr int markHeight = 5;

}  // namespace

TimeSlider::TimeSlider(QWidget* parent) : QSlider(Qt::Horizontal, parent) {
    setFocusPolicy(Qt::StrongFocus);
    setMinimumWidth(120);
}

void TimeSlider::setMarks(std::vector<int> marks) {
    m_marks = std::move(marks);
    update();
}

void TimeSlider::setFlag(int value) {
    m_flag = value;
    update();
}

int TimeSlider::xOf(int value) const {
    QStyleOptionSlider option;
    initStyleOption(&option);
    const int handle = style()->pixelMetric(QStyle::PM_SliderLength, &option, this);
    return handle / 2 + QStyle::sliderPositionFromValue(minimum(), maximum(), value, width() - handle);
}

int TimeSlider::valueAt(int x) const {
    QStyleOptionSlider option;
    initStyleOption(&option);
    const int handle = style()->pixelMetric(QStyle::PM_SliderLength, &option, this);
    return QStyle::sliderValueFromPosition(minimum(), maximum(), x - handle / 2, width() - handle);
}

// With the handle under the pointer the press that follows begins a drag.
void TimeSlider::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) setValue(valueAt(qRound(event->position().x())));
    QSlider::mousePressEvent(event);
}

bool TimeSlider::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip && m_namer && maximum() > minimum()) {
        const auto* help = static_cast<QHelpEvent*>(event);
        QToolTip::showText(help->globalPos(), m_namer(valueAt(help->pos().x())), this);
        return true;
    }
    return QSlider::event(event);
}

void TimeSlider::paintEvent(QPaintEvent* event) {
    QSlider::paintEvent(event);
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(
        palette().color(isEnabled() ? QPalette::Active : QPalette::Disabled, QPalette::WindowText));
    for (const int mark : m_marks) {
        const double x = xOf(mark) + 0.5, bottom = height();
        QPainterPath triangle(QPointF(x, bottom - markHeight));
        triangle.lineTo(x - 0.6 * markHeight, bottom);
        triangle.lineTo(x + 0.6 * markHeight, bottom);
        painter.drawPath(triangle);
    }
    if (m_flag < 0) return;
    const double x = xOf(m_flag) + 0.5;
    painter.drawRect(QRectF(x - 0.5, 0, 1.5, height() / 2.0));
    painter.drawPolygon(QPolygonF({{x, 0}, {x + 1.6 * markHeight, 0.6 * markHeight}, {x, 1.2 * markHeight}}));
}

}  // namespace dotmoe
