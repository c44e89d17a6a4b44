#include "widgets/plan_heatmap.h"

#include <QEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "widgets/colour_bar.h"
#include "widgets/colour_maps.h"
#include "widgets/spacing.h"

namespace dotmoe {
namespace {

constexpr int colourBarWidth = 14;

/// A step of 1, 2 or 5 times a power of ten that leaves at least `spacing` pixels between two labels.
int tickStep(int count, int pixels, int spacing) {
    const double wanted = std::max(1.0, static_cast<double>(count) * spacing / std::max(1, pixels));
    const double decade = std::pow(10.0, std::floor(std::log10(wanted)));
    for (const double factor : {1.0, 2.0, 5.0}) {
        if (wanted <= factor * decade) return static_cast<int>(factor * decade);
    }
    return static_cast<int>(10 * decade);
}

}  // namespace

PlanHeatmap::PlanHeatmap(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Transport plan"));
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(260, 180);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
    addActions();
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
    m_note.clear();
    if (m_plan && (m_window.rows.end > m_plan->neurons || m_window.columns.end > m_plan->columns ||
                   m_window == PlanWindow{}))
        m_window = whole();
    nameActions();
    redraw();
}

void PlanHeatmap::setVariant(std::shared_ptr<const PlanSnapshot> plan, const QString& note) {
    m_plan = std::move(plan);
    m_note = note;
    redraw();
}

void PlanHeatmap::setRun(const QString& run) {
    if (run == m_run) return;
    m_run = run;
    redraw();
}

void PlanHeatmap::setMarks(std::vector<PlanMark> marks) {
    m_marks = std::move(marks);
    update();
}

PlanWindow PlanHeatmap::whole() const {
    return m_plan ? PlanWindow{{0, m_plan->neurons}, {0, m_plan->columns}} : PlanWindow{};
}

void PlanHeatmap::showWhole() {
    setWindow(whole());
}

void PlanHeatmap::setWindow(const PlanWindow& window) {
    if (!m_plan || window == m_window) return;
    const PlanWindow most = whole();
    if (window.rows.end > most.rows.end || window.columns.end > most.columns.end) return;
    m_window = window;
    redraw();
    emit windowChanged(m_window);
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
    const QString note = m_note.isEmpty() ? QString() : QStringLiteral(", ") + m_note;
    const QString run = m_run.isEmpty() ? QString() : m_run + QStringLiteral(" · ");
    return run + tr("Layer %1 · %2 · %3 %4%5 · τ %6 · soft-hard gap %7 %")
                     .arg(m_plan->layer)
                     .arg(kind, m_plan->stage == Stage::layerwise ? tr("round") : tr("step"))
                     .arg(m_plan->step)
                     .arg(note, QString::number(m_plan->temperature, 'g', 3),
                          QString::number(100 * m_plan->soft_hard_gap, 'f', 1));
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
    const int left =
        pictureGap + text.height() + text.horizontalAdvance(QStringLiteral("00000")) + pictureGap;
    const int right = 3 * pictureGap + colourBarWidth + text.horizontalAdvance(QStringLiteral("-0.0005"));
    const int top = pictureGap + text.height() + pictureGap;
    const int bottom = pictureGap + 2 * text.height() + pictureGap;
    return rect().adjusted(left, top, -right, -bottom);
}

PlanGeometry PlanHeatmap::geometryInDevicePixels() const {
    const QRect area = plotArea();
    const double ratio = devicePixelRatioF();
    const QRect inDevice(qRound(area.x() * ratio), qRound(area.y() * ratio), qRound(area.width() * ratio),
                         qRound(area.height() * ratio));
    if (!m_plan) return {0, 0, inDevice};
    return {m_window.rows.end - m_window.rows.first, m_window.columns.end - m_window.columns.first, inDevice,
            m_window.rows.first, m_window.columns.first};
}

QRect PlanHeatmap::cellRect(int row, int column) const {
    const QRectF device = geometryInDevicePixels().rectOf(row, column);
    const double ratio = devicePixelRatioF();
    return QRectF(device.topLeft() / ratio, device.size() / ratio).toAlignedRect();
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
    const QRect titleRect(pictureGap, pictureGap, width() - 2 * pictureGap, text.height());
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
    for (const PlanMark& mark : m_marks) {
        if (mark.neuron >= m_plan->neurons) continue;
        const QRect cell = cellRect(rowOf(mark.neuron), mark.column);
        if (!cell.isEmpty()) drawPlanMark(painter, cell, mark.marking);
    }
    drawCursor(painter);
}

void PlanHeatmap::drawAxes(QPainter& painter, const QRect& area) const {
    const QFontMetrics text(font());
    painter.setPen(palette().color(QPalette::WindowText));

    const int experts = m_plan->columns - (m_plan->shared_column ? 1 : 0);
    const int firstExpert = m_plan->shared_column ? 1 : 0;
    const int labelWidth = text.horizontalAdvance(QString::number(experts)) + 2 * pictureGap;
    const int below = area.bottom() + 2;
    const auto columnLabel = [&](int column, const QString& label) {
        const QRect cell = cellRect(m_window.rows.first, column);
        painter.drawText(QRect(cell.center().x() - 40, below, 80, text.height()),
                         Qt::AlignHCenter | Qt::AlignTop, label);
    };
    const bool sharedShown = m_plan->shared_column && m_window.columns.first == 0;
    if (sharedShown) columnLabel(0, tr("S"));
    const int columnStep = tickStep(m_window.columns.end - m_window.columns.first, area.width(), labelWidth);
    for (int expert = 0; expert < experts; expert += columnStep) {
        const QRect cell = cellRect(m_window.rows.first, expert + firstExpert);
        const bool roomBesideShared = !sharedShown || cell.left() - area.left() >= labelWidth;
        if (!cell.isEmpty() && roomBesideShared) columnLabel(expert + firstExpert, QString::number(expert));
    }
    painter.drawText(QRect(area.left(), below + text.height(), area.width(), text.height()), Qt::AlignCenter,
                     m_plan->shared_column ? tr("expert (S: shared)") : tr("expert"));

    const int rowStep = tickStep(m_window.rows.end - m_window.rows.first, area.height(), 2 * text.height());
    const int firstRow = (m_window.rows.first + rowStep - 1) / rowStep * rowStep;
    for (int row = firstRow; row < m_window.rows.end; row += rowStep) {
        const int y = cellRect(row, m_window.columns.first).top();
        painter.drawText(QRect(0, y - text.height() / 2, area.left() - pictureGap, text.height()),
                         Qt::AlignRight | Qt::AlignVCenter, QString::number(row));
    }
    painter.save();
    painter.translate(pictureGap, area.bottom());
    painter.rotate(-90);
    const auto rows = m_note.isEmpty() ? tr("neurons, sorted by owner") : tr("neurons, in the plan's order");
    painter.drawText(QRect(0, 0, area.height(), text.height()), Qt::AlignCenter,
                     text.elidedText(rows, Qt::ElideRight, area.height()));
    painter.restore();
}

void PlanHeatmap::drawScale(QPainter& painter, const QRect& area) const {
    const QRect bar(area.right() + 2 * pictureGap, area.top(), colourBarWidth, area.height());
    drawColourBar(painter, bar, {m_scale, m_mode == PlanMode::difference, isDark(palette())});
    const int height = painter.fontMetrics().height();
    painter.drawText(QRect(bar.left() - pictureGap, bar.bottom() + height / 2 + 2,
                           width() - bar.left() + pictureGap, height),
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
    const QRect exact = cellRect(m_cursor->row, m_cursor->column);
    if (exact.isEmpty()) return;  // zoomed out of sight
    const QRect cell = exact.adjusted(-3, -3, 2, 2);
    painter.setPen(Qt::black);
    painter.drawRect(cell);
    painter.setPen(Qt::white);
    painter.drawRect(cell.adjusted(-1, -1, 1, 1));
}

}  // namespace dotmoe
