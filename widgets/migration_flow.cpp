#include "widgets/migration_flow.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "widgets/colour_maps.h"
#include "widgets/spacing.h"

namespace dotmoe {
namespace {

constexpr int nodeWidth = 12;

}  // namespace

MigrationFlow::MigrationFlow(QWidget* parent) : QWidget(parent) {
    setAccessibleName(tr("Migration of neurons"));
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    setMinimumSize(320, 200);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding);
}

QSize MigrationFlow::sizeHint() const {
    return {640, 420};
}

void MigrationFlow::setPlans(std::shared_ptr<const PlanSnapshot> from, std::shared_ptr<const PlanSnapshot> to,
                             const QString& fromName, const QString& toName) {
    m_migration = migrationBetween(from.get(), to.get());
    m_bands = m_migration ? bandsOf(*m_migration) : std::vector<Band>{};
    m_shared = to && to->shared_column;
    m_layer = to ? to->layer : 0;
    m_fromName = fromName;
    m_toName = toName;
    if (!m_migration || m_chosen >= m_migration->columns) m_chosen = -1;
    setAccessibleDescription(title());
    redraw();
}

QString MigrationFlow::title() const {
    if (!m_migration) return tr("No two plans of this layer yet");
    return tr("Layer %1 · %2 of %3 neurons in another expert · churn %4 %")
        .arg(m_layer)
        .arg(m_migration->moved())
        .arg(m_migration->neurons)
        .arg(100 * m_migration->churn(), 0, 'f', 1);
}

QString MigrationFlow::columnName(int column) const {
    if (m_shared && column == 0) return tr("S");
    return QString::number(column - (m_shared ? 1 : 0));
}

QRectF MigrationFlow::area() const {
    const QFontMetrics text(font());
    const int side = pictureGap + text.horizontalAdvance(QStringLiteral("0000")) + pictureGap;
    return rect().adjusted(side, 2 * (pictureGap + text.height()), -side,
                           -pictureGap - text.height() - pictureGap);
}

QPointF MigrationFlow::leftOf(const Band& band) const {
    const QRectF in = area();
    return {in.left() + nodeWidth, in.top() + (band.left + band.height / 2) * in.height()};
}

QPointF MigrationFlow::rightOf(const Band& band) const {
    const QRectF in = area();
    return {in.right() - nodeWidth, in.top() + (band.right + band.height / 2) * in.height()};
}

QRectF MigrationFlow::crossing() const {
    return area().adjusted(nodeWidth, 0, -nodeWidth, 0);
}

BandShape MigrationFlow::shapeOf(const Band& band, double height) const {
    const double thin = std::max(1.0, band.height * height);
    const auto upper = [&](double end) { return (end + band.height / 2) * height - thin / 2; };
    return {upper(band.left), upper(band.right), thin};
}

bool MigrationFlow::isOver(const Band& band, const QPointF& at) const {
    const QRectF in = crossing();
    if (!in.contains(at)) return false;
    const BandShape shape = shapeOf(band, in.height());
    const double below = at.y() - in.top() - shape.top((at.x() - in.left()) / in.width());
    return below >= 0 && below < shape.height;
}

QImage MigrationFlow::bandsPicture(double ratio) const {
    QImage picture((crossing().size() * ratio).toSize(), QImage::Format_ARGB32_Premultiplied);
    picture.fill(Qt::transparent);
    for (const bool movers : {false, true})  // those that move lie above
        for (const Band& band : m_bands) {
            if ((band.from != band.to) != movers) continue;
            QColor colour =
                movers ? expertColour(band.from - (m_shared ? 1 : 0)) : palette().color(QPalette::WindowText);
            const bool faint = !movers || (m_chosen >= 0 && band.from != m_chosen);
            colour.setAlphaF(faint ? 0.15F : 0.8F);
            layBand(picture, shapeOf(band, picture.height()), colour);
        }
    picture.setDevicePixelRatio(ratio);
    return picture;
}

void MigrationFlow::redraw() {
    m_bandsPicture = {};
    update();
}

void MigrationFlow::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QFontMetrics text(font());
    const QColor ink = palette().color(QPalette::WindowText);
    painter.setPen(ink);
    painter.drawText(QRect(pictureGap, pictureGap, width() - 2 * pictureGap, text.height()),
                     Qt::AlignLeft | Qt::AlignVCenter,
                     text.elidedText(title(), Qt::ElideRight, width() - 2 * pictureGap));
    if (!m_migration) return;
    const QRectF in = area();
    const QRectF names(in.left(), in.top() - text.height() - 2, in.width(), text.height());
    painter.drawText(names, Qt::AlignLeft | Qt::AlignVCenter, tr("from: %1").arg(m_fromName));
    painter.drawText(names, Qt::AlignRight | Qt::AlignVCenter, tr("to: %1").arg(m_toName));
    painter.drawText(QRectF(in.left(), in.bottom() + pictureGap, in.width(), text.height()), Qt::AlignCenter,
                     m_shared ? tr("expert (S: shared), as high as it has neurons; grey: those that stay")
                              : tr("expert, as high as it has neurons; grey: those that stay"));
    const double ratio = painter.device()->devicePixelRatioF();
    if (m_bandsPicture.isNull() || m_bandsPicture.devicePixelRatio() != ratio)
        m_bandsPicture = bandsPicture(ratio);
    painter.drawImage(crossing().topLeft(), m_bandsPicture);
    for (const bool left : {true, false}) drawSide(painter, left);
    if (hasFocus()) {
        painter.setPen(palette().color(QPalette::Highlight));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect().adjusted(0, 0, -1, -1));
    }
}

void MigrationFlow::drawSide(QPainter& painter, bool left) const {
    const QRectF in = area();
    const QFontMetrics text(font());
    double top = 0, free = in.top() - text.height();  // the label before ends here
    for (int column = 0; column < m_migration->columns; ++column) {
        double share = 0;
        for (const Band& band : m_bands) share += (left ? band.from : band.to) == column ? band.height : 0;
        const QRectF node(left ? in.left() : in.right() - nodeWidth, in.top() + top * in.height(), nodeWidth,
                          share * in.height());
        top += share;
        painter.fillRect(node, expertColour(column - (m_shared ? 1 : 0)));
        painter.setPen(palette().color(QPalette::Window));
        painter.drawLine(node.topLeft(), node.topRight());
        if (node.center().y() - text.height() / 2.0 < free && column != m_chosen) continue;
        free = node.center().y() + text.height() / 2.0;
        painter.setPen(palette().color(QPalette::WindowText));
        const QRectF label(left ? 0 : in.right() + pictureGap, node.center().y() - text.height() / 2.0,
                           left ? in.left() - pictureGap : width() - in.right() - pictureGap, text.height());
        painter.drawText(label, (left ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter,
                         columnName(column));
    }
}

QString MigrationFlow::chosenInWords() const {
    QStringList words;
    for (const Band& band : m_bands)
        if (band.from == m_chosen) {
            words << (band.from == band.to ? tr("%1 stay").arg(band.neurons)
                                           : tr("%1 to %2").arg(band.neurons).arg(columnName(band.to)));
        }
    return tr("expert %1: %2").arg(columnName(m_chosen), words.join(QStringLiteral(", ")));
}

void MigrationFlow::choose(int column) {
    if (column == m_chosen) return;
    m_chosen = column;
    setAccessibleDescription(column >= 0 ? chosenInWords() : title());
    redraw();
}

void MigrationFlow::changeEvent(QEvent* event) {
    redraw();  // palette or font
    QWidget::changeEvent(event);
}

void MigrationFlow::resizeEvent(QResizeEvent* event) {
    redraw();
    QWidget::resizeEvent(event);
}

void MigrationFlow::mouseMoveEvent(QMouseEvent* event) {
    const QRectF in = area();
    const double share = (event->position().y() - in.top()) / in.height();
    const auto* best = static_cast<const Band*>(nullptr);
    for (const Band& band : m_bands) {
        const bool onNode = event->position().x() < in.left() + nodeWidth && share >= band.left &&
                            share < band.left + band.height;
        const bool over = onNode || isOver(band, event->position());
        if (over && (!best || band.from != band.to)) best = &band;
    }
    choose(best ? best->from : -1);
    best ? QToolTip::showText(event->globalPosition().toPoint(), chosenInWords(), this)
         : QToolTip::hideText();
}

void MigrationFlow::leaveEvent(QEvent*) {
    choose(-1);
}

void MigrationFlow::keyPressEvent(QKeyEvent* event) {
    const int step = (event->key() == Qt::Key_Down) - (event->key() == Qt::Key_Up);
    if (!m_migration || step == 0) return QWidget::keyPressEvent(event);
    choose(std::clamp(m_chosen + step, 0, m_migration->columns - 1));
}

Table MigrationFlow::table() const {
    Table table{{tr("from"), tr("to"), tr("neurons")}, {}};
    for (const Band& band : m_bands)
        table.rows.push_back({columnName(band.from), columnName(band.to), QString::number(band.neurons)});
    return table;
}

}  // namespace dotmoe
