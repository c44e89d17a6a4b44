// The hand on the plan: pointing, zooming, moving, and what is asked of the cell pointed at.
#include <QAction>
#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QToolTip>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "widgets/plan_heatmap.h"

namespace dotmoe {
namespace {

constexpr double zoomStep = 0.8;
constexpr int fewestRows = 8, fewestColumns = 4;

QString number(double value) {
    return QString::number(value, 'g', 3);
}

}  // namespace

void PlanHeatmap::addActions() {
    const auto add = [this](const char* name, const QString& text, const QList<QKeySequence>& keys,
                            auto&& triggered) {
        auto* action = new QAction(text, this);
        action->setObjectName(QString::fromLatin1(name));
        action->setShortcuts(keys);
        action->setShortcutContext(Qt::WidgetShortcut);
        connect(action, &QAction::triggered, this, triggered);
        addAction(action);
        return action;
    };
    for (const auto& [name, key, marking] : {std::tuple{"pinNeuron", Qt::Key_P, PlanMarking::pin},
                                             {"forbidNeuron", Qt::Key_F, PlanMarking::forbid},
                                             {"freeNeuron", Qt::Key_Delete, PlanMarking::free}}) {
        m_marking.push_back(add(name, {}, {key}, [this, marking = marking] {
            if (!m_cursor) return;
            const int neuron = m_order.neuronAtRow[static_cast<std::size_t>(m_cursor->row)];
            emit markWanted(neuron, m_cursor->column, marking);
        }));
    }
    nameActions();
    add("zoomIn", tr("Zoom &in"), {Qt::Key_Plus, Qt::Key_Equal}, [this] {
        zoom(zoomStep, {0.5, 0.5}, true);
    });
    add("zoomOut", tr("Zoom &out"), {Qt::Key_Minus}, [this] { zoom(1 / zoomStep, {0.5, 0.5}, true); });
    add("zoomWhole", tr("&Whole plan"), {Qt::Key_0}, [this] { showWhole(); });
}

void PlanHeatmap::leaveMarkingOut() {
    for (auto* action : m_marking) removeAction(action);
}

void PlanHeatmap::nameActions() {
    const bool known = m_plan && m_cursor;
    const QString neuron =
        known ? tr("neuron %1").arg(m_order.neuronAtRow[static_cast<std::size_t>(m_cursor->row)])
              : tr("a neuron");
    const QString column = !known ? tr("an expert")
                           : m_plan->shared_column && m_cursor->column == 0
                               ? tr("the shared neurons")
                               : tr("expert %1").arg(columnName(m_cursor->column));
    m_marking[0]->setText(tr("&Pin %1 to %2").arg(neuron, column));
    m_marking[1]->setText(tr("&Forbid %1 in %2").arg(neuron, column));
    m_marking[2]->setText(tr("&Let %1 go where it wants").arg(neuron));
    for (auto* action : m_marking) action->setEnabled(known);
}

void PlanHeatmap::zoom(double factor, QPointF anchor, bool columnsToo) {
    if (!m_plan) return;
    setWindow({zoomed(m_window.rows, m_plan->neurons, factor, anchor.y(), fewestRows),
               columnsToo ? zoomed(m_window.columns, m_plan->columns, factor, anchor.x(), fewestColumns)
                          : m_window.columns});
}

void PlanHeatmap::pan(int rows, int columns) {
    if (!m_plan) return;
    setWindow(
        {moved(m_window.rows, m_plan->neurons, rows), moved(m_window.columns, m_plan->columns, columns)});
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
    nameActions();
    emit cellHovered(neuron, cell.column, mass, margin);
    update();
}

void PlanHeatmap::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && m_plan) m_drag = Drag{event->position(), m_window};
}

void PlanHeatmap::mouseReleaseEvent(QMouseEvent*) {
    m_drag.reset();
    unsetCursor();
}

void PlanHeatmap::wheelEvent(QWheelEvent* event) {
    const QRect area = plotArea();
    const int turn = event->angleDelta().y() + event->angleDelta().x();  // Alt makes it sideways
    if (!m_plan || turn == 0 || area.isEmpty()) return event->ignore();
    const QPointF inside = event->position() - area.topLeft();
    const QPointF anchor(std::clamp(inside.x() / area.width(), 0.0, 1.0),
                         std::clamp(inside.y() / area.height(), 0.0, 1.0));
    zoom(std::pow(zoomStep, turn / 120.0), anchor, !(event->modifiers() & Qt::ShiftModifier));
    event->accept();
}

void PlanHeatmap::mouseMoveEvent(QMouseEvent* event) {
    if (m_drag && (event->position() - m_drag->from).manhattanLength() >= QApplication::startDragDistance()) {
        setCursor(Qt::ClosedHandCursor);
        const QRect area = plotArea();
        const QPointF way = m_drag->from - event->position();
        const auto cells = [](double pixels, IndexRange range, int along) {
            return static_cast<int>(std::lround(pixels * (range.end - range.first) / std::max(1, along)));
        };
        setWindow(
            {moved(m_drag->window.rows, m_plan->neurons, cells(way.y(), m_drag->window.rows, area.height())),
             moved(m_drag->window.columns, m_plan->columns,
                   cells(way.x(), m_drag->window.columns, area.width()))});
    }
    if (const auto cell = cellAt(event->position())) {
        pointAt(*cell, event->globalPosition().toPoint());
    } else {
        leaveEvent(event);
    }
}

void PlanHeatmap::leaveEvent(QEvent*) {
    if (!m_cursor || QApplication::activePopupWidget() != nullptr) return;  // its menu acts on the cell
    m_cursor.reset();
    nameActions();
    QToolTip::hideText();
    emit hoverLeft();
    update();
}

void PlanHeatmap::keyPressEvent(QKeyEvent* event) {
    const bool arrow = event->key() >= Qt::Key_Left && event->key() <= Qt::Key_Down;
    if (!m_plan || !arrow) return QWidget::keyPressEvent(event);
    const int right = (event->key() == Qt::Key_Right) - (event->key() == Qt::Key_Left);
    const int down = (event->key() == Qt::Key_Down) - (event->key() == Qt::Key_Up);
    if (event->modifiers() & Qt::ControlModifier) {
        const auto some = [](IndexRange range) { return std::max(1, (range.end - range.first) / 8); };
        return pan(down * some(m_window.rows), right * some(m_window.columns));
    }
    PlanCell cell = m_cursor.value_or(PlanCell{m_window.rows.first, m_window.columns.first});
    if (m_cursor) cell = {cell.row + down, cell.column + right};
    cell = {std::clamp(cell.row, 0, m_plan->neurons - 1), std::clamp(cell.column, 0, m_plan->columns - 1)};
    setWindow({movedToHold(m_window.rows, m_plan->neurons, cell.row),
               movedToHold(m_window.columns, m_plan->columns, cell.column)});
    pointAt(cell, mapToGlobal(cellRect(cell.row, cell.column).center()));
}

}  // namespace dotmoe
