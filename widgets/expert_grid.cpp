#include "widgets/expert_grid.h"

#include <QEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "widgets/colour_bar.h"
#include "widgets/colour_maps.h"
#include "widgets/spacing.h"

namespace dotmoe {
namespace {

constexpr int barWidth = 12;
constexpr int mostNumbers = 64;  ///< rows or experts: of more no cell has room for its number

/// Every n-th label, as many as there is room for.
int stride(double pitch, int room) {
    return std::max(1, static_cast<int>(std::ceil(room / std::max(pitch, 0.01))));
}

}  // namespace

ExpertGrid::ExpertGrid(QWidget* parent) : QWidget(parent) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
}

void ExpertGrid::setGrid(Grid grid) {
    m_grid = std::move(grid);
    m_row = std::clamp(m_row, 0, std::max(0, rows() - 1));
    if (m_expert >= m_grid.experts) m_expert = -1;
    colour();
    measure();
    describe();
    updateGeometry();
    update();
}

void ExpertGrid::measure() {
    const QFontMetrics text(font());
    m_labelWidth = m_numberWidth = 0;
    for (const auto& row : m_grid.rows) m_labelWidth = std::max(m_labelWidth, text.horizontalAdvance(row));
    if (rows() > mostNumbers || m_grid.experts > mostNumbers) return;
    for (int row = 0; row < rows(); ++row)
        for (int expert = 0; expert < m_grid.experts; ++expert)
            m_numberWidth = std::max(m_numberWidth, text.horizontalAdvance(inShort(row, expert)));
}

void ExpertGrid::setExpert(int expert) {
    m_expert = expert < m_grid.experts ? expert : -1;
    describe();
    update();
}

void ExpertGrid::describe() {
    const bool chosen = m_expert >= 0 && m_row < rows();
    setAccessibleDescription(chosen ? inWords(m_row, m_expert) : title());
}

float ExpertGrid::value(int row, int expert) const {
    return m_grid.values[static_cast<std::size_t>(row) * static_cast<std::size_t>(m_grid.experts) +
                         static_cast<std::size_t>(expert)];
}

void ExpertGrid::colour() {
    m_colours = rows() > 0 ? QImage(m_grid.experts, rows(), QImage::Format_RGB32) : QImage();
    const bool dark = isDark(palette());
    for (int row = 0; row < rows(); ++row)
        for (int expert = 0; expert < m_grid.experts; ++expert) {
            const auto here = static_cast<double>(value(row, expert));
            m_colours.setPixel(
                expert, row,
                std::isnan(here) ? expertColour(-1).rgb() : divergingColour(here / m_grid.end, dark));
        }
}

QRectF ExpertGrid::gridRect() const {
    const QFontMetrics text(font());
    const int scale = pictureGap + barWidth + text.horizontalAdvance(QStringLiteral("-0.000")) + pictureGap;
    QRectF area =
        rect().adjusted(pictureGap + m_labelWidth + pictureGap, pictureGap + text.height() + pictureGap,
                        -scale, -(2 * text.height() + pictureGap));
    // Whole pixels a cell where there is one for each.
    const auto whole = [](double room, int cells) {
        return room >= cells && cells > 0 ? std::floor(room / cells) * cells : std::max(1.0, room);
    };
    area.setSize({whole(area.width(), m_grid.experts), whole(area.height(), rows())});
    return area;
}

QRect ExpertGrid::cellRect(int row, int expert) const {
    if (row < 0 || row >= rows() || expert < 0 || expert >= m_grid.experts) return {};
    const QRectF area = gridRect();
    const double wide = area.width() / m_grid.experts, high = area.height() / rows();
    return QRectF(area.left() + expert * wide, area.top() + row * high, wide, high).toAlignedRect();
}

bool ExpertGrid::cellAt(QPoint position, Cell& cell) const {
    const QRectF area = gridRect();
    if (rows() == 0 || !area.contains(position)) return false;
    cell = {std::min(rows() - 1, static_cast<int>((position.y() - area.top()) * rows() / area.height())),
            std::min(m_grid.experts - 1,
                     static_cast<int>((position.x() - area.left()) * m_grid.experts / area.width()))};
    return true;
}

QSize ExpertGrid::minimumSizeHint() const {
    const QFontMetrics text(font());
    return {30 * text.averageCharWidth(), 8 * text.height()};
}

QSize ExpertGrid::sizeHint() const {
    return minimumSizeHint() * 2;
}

void ExpertGrid::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QFontMetrics text(font());
    painter.fillRect(rect(), palette().window());
    painter.setPen(palette().color(QPalette::WindowText));
    const QRect line(pictureGap, pictureGap, width() - 2 * pictureGap, text.height());
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                     text.elidedText(title(), Qt::ElideRight, line.width()));
    if (m_colours.isNull()) return;
    painter.drawImage(gridRect(), m_colours, QRectF(m_colours.rect()));
    drawNumbers(painter);
    drawAxes(painter);
    drawScale(painter);
    drawChoice(painter);
}

void ExpertGrid::drawNumbers(QPainter& painter) const {
    const QFontMetrics text(font());
    const QSize cell = cellRect(0, 0).size();
    if (m_numberWidth == 0 || cell.height() < text.height() || cell.width() < m_numberWidth + 2) return;
    for (int row = 0; row < rows(); ++row)
        for (int expert = 0; expert < m_grid.experts; ++expert) {
            painter.setPen(readableOn(QColor(m_colours.pixel(expert, row))));
            painter.drawText(cellRect(row, expert), Qt::AlignCenter, inShort(row, expert));
        }
}

void ExpertGrid::drawAxes(QPainter& painter) const {
    const QFontMetrics text(font());
    const QRectF area = gridRect();
    painter.setPen(palette().color(QPalette::WindowText));
    const double high = area.height() / rows(), wide = area.width() / m_grid.experts;
    for (int row = 0; row < rows(); row += stride(high, text.height()))
        painter.drawText(QRectF(0, area.top() + (row + 0.5) * high - text.height() / 2.0,
                                area.left() - pictureGap, text.height()),
                         Qt::AlignRight | Qt::AlignVCenter, m_grid.rows[row]);
    const int room = text.horizontalAdvance(QStringLiteral("000"));
    for (int expert = 0; expert < m_grid.experts; expert += stride(wide, room))
        painter.drawText(
            QRectF(area.left() + (expert + 0.5) * wide - room, area.bottom() + 2, 2 * room, text.height()),
            Qt::AlignCenter, QString::number(expert));
    painter.drawText(QRectF(area.left(), area.bottom() + 2 + text.height(), area.width(), text.height()),
                     Qt::AlignCenter, tr("expert"));
}

void ExpertGrid::drawScale(QPainter& painter) const {
    const QRectF area = gridRect();
    painter.setPen(palette().color(QPalette::WindowText));
    drawColourBar(painter,
                  QRectF(area.right() + pictureGap, area.top(), barWidth, area.height()).toAlignedRect(),
                  {m_grid.end, true, isDark(palette())});
}

void ExpertGrid::drawChoice(QPainter& painter) const {
    if (m_expert < 0) return;
    const auto pen = palette().color(QPalette::WindowText);
    painter.setPen(pen);
    painter.drawRect(cellRect(0, m_expert).united(cellRect(rows() - 1, m_expert)).adjusted(-1, -1, 0, 0));
    painter.setPen(QPen(hasFocus() ? palette().color(QPalette::Highlight) : pen, 2));
    painter.drawRect(cellRect(m_row, m_expert).adjusted(-1, -1, 1, 1));
}

void ExpertGrid::choose(int row, int expert) {
    m_row = row;
    const bool other = expert != m_expert;
    setExpert(expert);
    if (other) emit expertChosen(expert);
}

void ExpertGrid::mouseMoveEvent(QMouseEvent* event) {
    Cell cell;
    if (!cellAt(event->position().toPoint(), cell)) return QToolTip::hideText();
    QToolTip::showText(event->globalPosition().toPoint(), inWords(cell.row, cell.expert), this);
}

void ExpertGrid::mousePressEvent(QMouseEvent* event) {
    Cell cell;
    if (cellAt(event->position().toPoint(), cell)) choose(cell.row, cell.expert);
}

void ExpertGrid::keyPressEvent(QKeyEvent* event) {
    const int right = (event->key() == Qt::Key_Right) - (event->key() == Qt::Key_Left);
    const int down = (event->key() == Qt::Key_Down) - (event->key() == Qt::Key_Up);
    if (rows() == 0 || (right == 0 && down == 0)) return QWidget::keyPressEvent(event);
    choose(std::clamp(m_row + down, 0, rows() - 1), std::clamp(m_expert + right, 0, m_grid.experts - 1));
}

void ExpertGrid::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) colour();
    if (event->type() == QEvent::FontChange) {
        measure();
        updateGeometry();
    }
}

}  // namespace dotmoe
