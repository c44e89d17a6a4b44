#include "widgets/plan_heatmap.h"

#include <QEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "widgets/colour_bar.h"
#include "widgets/colour_maps.h"

namespace dotmoe {
namespace {

constexpr int colourBarWidth = 14;
constexpr int gap = 6;

/// A step of 1, 2 or 5 times a power of ten that leaves at least `spacing` pixels between two labels.
int tickStep(int count, int pixels, int spacing) {
    const double wanted = std::max(1.0, static_cast<double>(count) * spacing / std::max(1, pixels));
    const double decade = std::pow(10.0, std::floor(std::log10(wanted)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (wanted <= factor * decade) return static_cast<int>(factor * decade);
    }
    return static_cast<int>(10 * decade);
}

QString number(double value) {
    return QString::number(value, 'g', 3);
}

}  // namespace

PlanHeatmap::PlanHeatmap(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Transport plan"));
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(260, 180);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

QSize PlanHeatmap::sizeHint() const {
    return {640, 480};
}

void PlanHeatmap::setSnapshot(std::shared_ptr<const PlanSnapshot> plan) {
    m_plan = plan && isConsistent(*plan) ? std::move(plan) : nullptr;
    m_order = m_plan ? orderByOwner(*m_plan) : PlanOrder{};
    m_scale = m_plan ? planScale(*m_plan, m_mode) : 1;
    if (m_cursor && (!m_plan || m_cursor->row >= m_plan->neurons || m_cursor->column >= m_plan->columns))
        m_cursor.reset();
    m_iteration = 0;
    redraw();
}

void PlanHeatmap::setIterate(std::shared_ptr<const PlanSnapshot> plan, int iteration) {
    m_plan = std::move(plan);
    m_iteration = iteration;
    redraw();
}

void PlanHeatmap::redraw() {
    m_image = {};
    setAccessibleDescription(title());
    update();
}

void PlanHeatmap::setMode(PlanMode mode) {
    if (mode == m_mode) return;
    m_mode = mode;
    m_scale = m_plan ? planScale(*m_plan, m_mode) : 1;
    redraw();
}

QString PlanHeatmap::title() const {
    if (!m_plan) return tr("No transport plan yet");
    const QString kind = m_mode == PlanMode::soft   ? tr("soft plan")
                         : m_mode == PlanMode::hard ? tr("hard plan")
                                                    : tr("soft minus hard");
    const QString iteration = m_iteration > 0 ? tr(", iteration %1").arg(m_iteration) : QString();
    return tr("Layer %1 · %2 · %3 %4%5 · τ %6 · soft-hard gap %7 %")
        .arg(m_plan->layer)
        .arg(kind, m_plan->stage == Stage::layerwise ? tr("round") : tr("step"))
        .arg(m_plan->step)
        .arg(iteration, number(m_plan->temperature), QString::number(100 * m_plan->soft_hard_gap, 'f', 1));
}

QString PlanHeatmap::columnName(int column) const {
    if (!m_plan || !m_plan->shared_column) return QString::number(column);
    return column == 0 ? tr("shared") : QString::number(column - 1);
}

int PlanHeatmap::rowOf(int neuron) const {
    return m_order.rowOfNeuron.at(static_cast<std::size_t>(neuron));
}

QRect PlanHeatmap::plotArea() const {
    const QFontMetrics text(font());
    const int left = gap + text.height() + text.horizontalAdvance(QStringLiteral("00000")) + gap;
    const int right = 3 * gap + colourBarWidth + text.horizontalAdvance(QStringLiteral("-0.0005"));
    const int top = gap + text.height() + gap;
    const int bottom = gap + 2 * text.height() + gap;
    return rect().adjusted(left, top, -right, -bottom);
}

PlanGeometry PlanHeatmap::geometryInDevicePixels() const {
    const QRect area = plotArea();
    const double ratio = devicePixelRatioF();
    const QRect inDevice(qRound(area.x() * ratio), qRound(area.y() * ratio), qRound(area.width() * ratio),
                         qRound(area.height() * ratio));
    return {m_plan ? m_plan->neurons : 0, m_plan ? m_plan->columns : 0, inDevice};
}

QRect PlanHeatmap::cellRect(int row, int column) const {
    const QRectF device = geometryInDevicePixels().rectOf(row, column);
    const double ratio = devicePixelRatioF();
    return QRectF(device.topLeft() / ratio, device.size() / ratio).toAlignedRect();
}

std::optional<PlanCell> PlanHeatmap::cellAt(QPointF position) const {
    const QPointF device = position * devicePixelRatioF();
    const auto cells =
        geometryInDevicePixels().cellsAt({static_cast<int>(device.x()), static_cast<int>(device.y())});
    if (!cells) return std::nullopt;
    return strongestCell(*m_plan, m_order, m_mode, *cells);
}

void PlanHeatmap::pointAt(const PlanCell& cell, QPoint globalPosition) {
    m_cursor = cell;
    const int neuron = m_order.neuronAtRow[static_cast<std::size_t>(cell.row)];
    const double mass = planMass(*m_plan, m_mode, neuron, cell.column);
    const double margin = m_plan->margin[static_cast<std::size_t>(neuron)];
    const int owner = m_plan->owner[static_cast<std::size_t>(neuron)];
    const QString column = m_plan->shared_column && cell.column == 0
                               ? tr("shared")
                               : tr("expert %1").arg(columnName(cell.column));
    const QString text = tr("neuron %1 · %2\nmass %3 · margin %4\nowned by %5")
                             .arg(neuron)
                             .arg(column, number(mass), number(margin), columnName(owner));
    QToolTip::showText(globalPosition, text, this);
    setAccessibleDescription(text);
    emit cellHovered(neuron, cell.column, mass, margin);
    update();
}

void PlanHeatmap::mouseMoveEvent(QMouseEvent* event) {
    if (const auto cell = cellAt(event->position())) {
        pointAt(*cell, event->globalPosition().toPoint());
    } else {
        leaveEvent(event);
    }
}

void PlanHeatmap::leaveEvent(QEvent*) {
    if (!m_cursor) return;
    m_cursor.reset();
    QToolTip::hideText();
    emit hoverLeft();
    update();
}

void PlanHeatmap::keyPressEvent(QKeyEvent* event) {
    const bool arrow = event->key() >= Qt::Key_Left && event->key() <= Qt::Key_Down;
    if (!m_plan || !arrow) return QWidget::keyPressEvent(event);
    PlanCell cell = m_cursor.value_or(PlanCell{});
    if (m_cursor) {
        cell.column += (event->key() == Qt::Key_Right) - (event->key() == Qt::Key_Left);
        cell.row += (event->key() == Qt::Key_Down) - (event->key() == Qt::Key_Up);
    }
    cell = {std::clamp(cell.row, 0, m_plan->neurons - 1), std::clamp(cell.column, 0, m_plan->columns - 1)};
    pointAt(cell, mapToGlobal(cellRect(cell.row, cell.column).center()));
}

bool PlanHeatmap::event(QEvent* event) {
    if (event->type() == QEvent::PaletteChange) m_image = {};
    return QWidget::event(event);
}

void PlanHeatmap::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QRect area = plotArea();
    painter.setPen(palette().color(QPalette::WindowText));
    const QFontMetrics text(font());
    const QRect titleRect(gap, gap, width() - 2 * gap, text.height());
    painter.drawText(titleRect, Qt::AlignLeft | Qt::AlignVCenter,
                     text.elidedText(title(), Qt::ElideRight, titleRect.width()));
    if (!m_plan || area.isEmpty()) return;

    const PlanGeometry geometry = geometryInDevicePixels();
    if (m_image.isNull() || geometry != m_imageGeometry) {
        m_image = planImage(*m_plan, m_order, m_mode, geometry, m_scale, isDark(palette()));
        m_image.setDevicePixelRatio(devicePixelRatioF());
        m_imageGeometry = geometry;
    }
    painter.fillRect(area.adjusted(-1, -1, 1, 1),
                     palette().color(hasFocus() ? QPalette::Highlight : QPalette::Mid));
    painter.drawImage(QPointF(geometry.area.topLeft()) / devicePixelRatioF(), m_image);
    drawAxes(painter, area);
    drawScale(painter, area);
    drawCursor(painter);
}

void PlanHeatmap::drawAxes(QPainter& painter, const QRect& area) const {
    const QFontMetrics text(font());
    painter.setPen(palette().color(QPalette::WindowText));

    const int experts = m_plan->columns - (m_plan->shared_column ? 1 : 0);
    const int firstExpert = m_plan->shared_column ? 1 : 0;
    const int labelWidth = text.horizontalAdvance(QString::number(experts)) + 2 * gap;
    const int below = area.bottom() + 2;
    const auto columnLabel = [&](int column, const QString& label) {
        const QRect cell = cellRect(0, column);
        painter.drawText(QRect(cell.center().x() - 40, below, 80, text.height()),
                         Qt::AlignHCenter | Qt::AlignTop, label);
    };
    if (m_plan->shared_column) columnLabel(0, tr("S"));
    const int columnStep = tickStep(m_plan->columns, area.width(), labelWidth);
    for (int expert = 0; expert < experts; expert += columnStep) {
        const bool roomBesideShared =
            !m_plan->shared_column || expert > 0 || cellRect(0, 1).left() - area.left() >= labelWidth;
        if (roomBesideShared) columnLabel(expert + firstExpert, QString::number(expert));
    }
    painter.drawText(QRect(area.left(), below + text.height(), area.width(), text.height()), Qt::AlignCenter,
                     m_plan->shared_column ? tr("expert (S: shared)") : tr("expert"));

    const int rowStep = tickStep(m_plan->neurons, area.height(), 2 * text.height());
    for (int row = 0; row < m_plan->neurons; row += rowStep) {
        const int y = cellRect(row, 0).top();
        painter.drawText(QRect(0, y - text.height() / 2, area.left() - gap, text.height()),
                         Qt::AlignRight | Qt::AlignVCenter, QString::number(row));
    }
    painter.save();
    painter.translate(gap, area.bottom());
    painter.rotate(-90);
    painter.drawText(QRect(0, 0, area.height(), text.height()), Qt::AlignCenter,
                     text.elidedText(tr("neurons, sorted by owner"), Qt::ElideRight, area.height()));
    painter.restore();
}

void PlanHeatmap::drawScale(QPainter& painter, const QRect& area) const {
    const QRect bar(area.right() + 2 * gap, area.top(), colourBarWidth, area.height());
    drawColourBar(painter, bar, {m_scale, m_mode == PlanMode::difference, isDark(palette())});
    const int height = painter.fontMetrics().height();
    painter.drawText(
        QRect(bar.left() - gap, bar.bottom() + height / 2 + 2, width() - bar.left() + gap, height),
        Qt::AlignLeft | Qt::AlignTop, tr("mass"));
}

Table PlanHeatmap::table() const {
    if (!m_plan) return {};
    Table table{{tr("neuron"), tr("owner"), tr("margin")}, {}};
    const auto mass = m_mode == PlanMode::difference ? tr("soft minus hard, %1") : tr("mass, %1");
    for (int column = 0; column < m_plan->columns; ++column) table.header << mass.arg(columnName(column));
    for (const std::int32_t neuron : m_order.neuronAtRow) {
        const auto index = static_cast<std::size_t>(neuron);
        QStringList row{QString::number(neuron), columnName(m_plan->owner[index]),
                        csvNumber(static_cast<double>(m_plan->margin[index]))};
        for (int column = 0; column < m_plan->columns; ++column)
            row << csvNumber(planMass(*m_plan, m_mode, neuron, column));
        table.rows.push_back(std::move(row));
    }
    return table;
}

void PlanHeatmap::drawCursor(QPainter& painter) const {
    if (!m_cursor) return;
    const QRect cell = cellRect(m_cursor->row, m_cursor->column).adjusted(-3, -3, 2, 2);
    painter.setPen(Qt::black);
    painter.drawRect(cell);
    painter.setPen(Qt::white);
    painter.drawRect(cell.adjusted(-1, -1, 1, 1));
}

}  // namespace dotmoe
