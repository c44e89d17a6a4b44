#include "widgets/routing_map.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "widgets/colour_maps.h"
#include "widgets/routing_access.h"
#include "widgets/spacing.h"

namespace dotmoe {
namespace {

constexpr QSize smallestCell(20, 13);
constexpr QSize widestCell(48, 30);

}  // namespace

RoutingMap::RoutingMap(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Experts of one token in every layer"));
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setSnapshot(nullptr);
}

QSize RoutingMap::sizeHint() const {
    return minimumSizeHint() * 1.4;
}

QSize RoutingMap::minimumSizeHint() const {
    const int layers = m_routing ? std::max(1, m_routing->layers) : 1,
              ranks = m_routing ? std::max(1, m_routing->active) : 1;
    const QSize margins = rect().size() - gridArea().size();
    return QSize(std::max(240, layers * smallestCell.width() + margins.width()),
                 std::max(90, ranks * smallestCell.height() + margins.height()));
}

void RoutingMap::setSnapshot(std::shared_ptr<const RoutingSnapshot> routing) {
    m_routing = routing && isConsistent(*routing) ? std::move(routing) : nullptr;
    setMinimumSize(minimumSizeHint());
    setAccessibleDescription(title());
    update();
}

void RoutingMap::setToken(int token) {
    m_token = token;
    setAccessibleDescription(title());
    update();
}

void RoutingMap::setLayer(int layer) {
    m_layer = layer;
    update();
}

bool RoutingMap::hasGrid() const {
    return m_routing && m_routing->layers > 0 && m_routing->active > 0 && m_token >= 0 &&
           static_cast<std::size_t>(m_token) < m_routing->tokens.size();
}

QString RoutingMap::title() const {
    if (!hasGrid()) return tr("Select a token to see its experts in every layer");
    return tr("Token %1 “%2”: experts in every layer, best first")
        .arg(m_token)
        .arg(printable(m_routing->tokens[static_cast<std::size_t>(m_token)]));
}

QRect RoutingMap::gridArea() const {
    const QFontMetrics text(font());
    const int left = pictureGap + text.horizontalAdvance(tr("rank 00")) + pictureGap,
              top = pictureGap + text.height() + pictureGap;
    const int bottom = 2 * text.height() + pictureGap;
    return rect().adjusted(left, top, -pictureGap, -bottom);
}

QRect RoutingMap::cellRect(int layer, int rank) const {
    if (!hasGrid() || layer < 0 || layer >= m_routing->layers || rank < 0 || rank >= m_routing->active)
        return {};
    const QRect area = gridArea();
    const int wide = std::clamp(area.width() / m_routing->layers, 1, widestCell.width());
    const int high = std::clamp(area.height() / m_routing->active, 1, widestCell.height());
    return {area.left() + layer * wide, area.top() + rank * high, wide - 1, high - 1};
}

void RoutingMap::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QFontMetrics text(font());
    painter.setPen(palette().color(QPalette::WindowText));
    const QRect titleRect(pictureGap, pictureGap, width() - 2 * pictureGap, text.height());
    painter.drawText(titleRect, Qt::AlignLeft | Qt::AlignVCenter,
                     text.elidedText(title(), Qt::ElideRight, titleRect.width()));
    if (!hasGrid()) return;

    const QRect first = cellRect(0, 0), last = cellRect(m_routing->layers - 1, m_routing->active - 1);
    QFont small = font();
    small.setPixelSize(
        std::clamp(std::min(first.height() - 2, first.width() * 10 / 20), 7, QFontInfo(font()).pixelSize()));
    for (int rank = 0; rank < m_routing->active; ++rank) {
        const QRect row = cellRect(0, rank);
        painter.setFont(small);
        painter.drawText(QRect(0, row.top(), first.left() - pictureGap, row.height()),
                         Qt::AlignRight | Qt::AlignVCenter, QString::number(rank + 1));
    }
    for (int layer = 0; layer < m_routing->layers; ++layer) {
        const auto choices = choicesOf(*m_routing, layer, m_token);
        for (int rank = 0; rank < m_routing->active; ++rank) {
            const Choice& choice = choices[static_cast<std::size_t>(rank)];
            const QRect cell = cellRect(layer, rank);
            const QColor colour = expertColour(choice.expert);
            painter.fillRect(cell, colour);
            painter.setPen(readableOn(colour));
            painter.drawText(cell, Qt::AlignCenter,
                             choice.expert < 0 ? QStringLiteral("–") : QString::number(choice.expert));
        }
        painter.setPen(palette().color(QPalette::WindowText));
        const QRect column = cellRect(layer, m_routing->active - 1);
        painter.drawText(QRect(column.left(), column.bottom() + 3, column.width(), text.height()),
                         Qt::AlignCenter, QString::number(layer));
    }
    painter.setFont(font());
    painter.drawText(
        QRect(first.left(), last.bottom() + 2 + text.height(), last.right() - first.left(), text.height()),
        Qt::AlignCenter, tr("layer"));
    if (const QRect top = cellRect(m_layer, 0); !top.isEmpty()) {
        painter.setPen(QPen(palette().color(hasFocus() ? QPalette::Highlight : QPalette::WindowText), 2));
        painter.drawRect(top.united(cellRect(m_layer, m_routing->active - 1)).adjusted(-1, -1, 1, 1));
    }
}

Table RoutingMap::table() const {
    Table table{{tr("layer"), tr("rank"), tr("expert"), tr("probability")}, {}};
    for (int layer = 0; hasGrid() && layer < m_routing->layers; ++layer) {
        int rank = 0;
        for (const Choice& choice : choicesOf(*m_routing, layer, m_token)) {
            const bool dense = choice.expert < 0;
            table.rows.push_back({QString::number(layer), QString::number(++rank),
                                  dense ? tr("dense") : QString::number(choice.expert),
                                  dense ? QString() : csvNumber(choice.probability)});
        }
    }
    return table;
}

RoutingMap::Cell RoutingMap::cellAt(QPoint position) const {
    const QRect first = cellRect(0, 0);
    if (first.isEmpty() || position.x() < first.left() || position.y() < first.top()) return {};
    const Cell cell{(position.x() - first.left()) / (first.width() + 1),
                    (position.y() - first.top()) / (first.height() + 1)};
    return cellRect(cell.layer, cell.rank).isEmpty() ? Cell{} : cell;
}

void RoutingMap::mouseMoveEvent(QMouseEvent* event) {
    const Cell cell = cellAt(event->position().toPoint());
    if (cell.layer < 0) return QToolTip::hideText();
    const Choice choice = choicesOf(*m_routing, cell.layer, m_token)[static_cast<std::size_t>(cell.rank)];
    QToolTip::showText(event->globalPosition().toPoint(),
                       choice.expert < 0 ? tr("layer %1 is still dense").arg(cell.layer)
                                         : tr("layer %1 · rank %2 · expert %3 · probability %4")
                                               .arg(cell.layer)
                                               .arg(cell.rank + 1)
                                               .arg(choice.expert)
                                               .arg(choice.probability, 0, 'f', 3),
                       this);
}

void RoutingMap::mousePressEvent(QMouseEvent* event) {
    const Cell cell = cellAt(event->position().toPoint());
    if (cell.layer >= 0) emit layerClicked(cell.layer);
}

void RoutingMap::keyPressEvent(QKeyEvent* event) {
    const int step = (event->key() == Qt::Key_Right) - (event->key() == Qt::Key_Left);
    if (!hasGrid() || step == 0) return QWidget::keyPressEvent(event);
    emit layerClicked(std::clamp(m_layer + step, 0, m_routing->layers - 1));
}

}  // namespace dotmoe
