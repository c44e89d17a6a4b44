#include "widgets/plot_widget.h"

#include <qcustomplot.h>

#include <QEvent>
#include <QVBoxLayout>
#include <utility>

namespace dotmoe {

class PlotWidget::PlotOnPaint : public QCustomPlot {
  public:
    explicit PlotOnPaint(PlotWidget* owner) : QCustomPlot(owner), m_owner(owner) {}

    void touch() {
        m_changed = true;
        update();
    }
    void settle() {
        if (!std::exchange(m_changed, false)) return;
        setViewport(rect());  // a hidden widget gets its resize event late
        m_owner->fitTitle(width());
        replot(QCustomPlot::rpQueuedRefresh);
    }

  protected:
    void paintEvent(QPaintEvent* event) override {
        settle();
        QCustomPlot::paintEvent(event);
    }
    void resizeEvent(QResizeEvent*) override {  // QCustomPlot's own draws at once
        setViewport(rect());
        touch();
    }

  private:
    PlotWidget* m_owner;
    bool m_changed = true;
};

PlotWidget::PlotWidget(QWidget* parent) : QWidget(parent), m_plot(new PlotOnPaint(this)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_plot);
    m_plot->plotLayout()->insertRow(0);
    m_title = new QCPTextElement(m_plot);
    m_title->setMargins(QMargins(6, 4, 6, 0));
    m_plot->plotLayout()->addElement(0, 0, m_title);
    m_title->setTextFlags(Qt::AlignLeft | Qt::AlignVCenter);
    m_plot->plotLayout()->setRowSpacing(0);
    setMinimumSize(260, 150);
}

QSize PlotWidget::sizeHint() const {
    return {640, 260};
}

QString PlotWidget::title() const {
    return m_titleText;
}

void PlotWidget::setTitle(const QString& title) {
    m_titleText = title;
    setAccessibleDescription(title);
    touch();
}

void PlotWidget::fitTitle(int width) {
    m_title->setText(QFontMetrics(m_title->font()).elidedText(m_titleText, Qt::ElideRight, width - 16));
}

void PlotWidget::legendAbove(int columns) {
    QCPLegend* legend = m_plot->legend;
    legend->setVisible(true);
    m_plot->axisRect()->insetLayout()->take(legend);
    m_plot->plotLayout()->insertRow(1);
    m_plot->plotLayout()->addElement(1, 0, legend);
    m_plot->plotLayout()->setRowStretchFactor(1, 0.001);
    legend->setFillOrder(QCPLegend::foColumnsFirst);
    legend->setWrap(columns);
}

QCustomPlot& PlotWidget::plot() {
    return *m_plot;
}
const QCustomPlot& PlotWidget::plot() const {
    return *m_plot;
}
void PlotWidget::touch() {
    m_plot->touch();
}
void PlotWidget::settle() const {
    layout()->activate();
    m_plot->settle();
}

QColor PlotWidget::textColour() const {
    return palette().color(QPalette::WindowText);
}

QColor PlotWidget::guideColour() const {
    QColor colour = textColour();
    colour.setAlphaF(0.25F);
    return colour;
}

QSize PlotWidget::pictureSize() {
    return m_plot->size().expandedTo({900, 420});
}

void PlotWidget::drawPicture(QPaintDevice& device) {
    const QSize size = pictureSize();
    prepareExport(true);
    fitTitle(size.width());
    {
        QCPPainter painter(&device);
        painter.setMode(QCPPainter::pmNoCaching);  // labels as text, not as pictures of it
        m_plot->toPainter(&painter, size.width(), size.height());
    }
    prepareExport(false);
    touch();
}

void PlotWidget::applyStyle() {
    const QPen axis(textColour()), grid(guideColour(), 0, Qt::DotLine);
    m_plot->setBackground(palette().color(QPalette::Window));
    m_title->setTextColor(textColour());
    m_title->setFont(font());
    for (QCPAxisRect* rect : m_plot->axisRects()) {
        for (QCPAxis* each : rect->axes()) {
            each->setBasePen(axis);
            each->setTickPen(axis);
            each->setSubTickPen(axis);
            each->setTickLabelColor(textColour());
            each->setLabelColor(textColour());
            each->setTickLabelFont(font());
            each->setLabelFont(font());
            each->grid()->setPen(grid);
            each->grid()->setZeroLinePen(grid);
        }
    }
    m_plot->legend->setFont(font());
    m_plot->legend->setTextColor(textColour());
    const bool overData = m_plot->legend->layout() == m_plot->axisRect()->insetLayout();
    m_plot->legend->setBrush(overData ? QBrush(palette().color(QPalette::Base)) : Qt::NoBrush);
    m_plot->legend->setBorderPen(overData ? QPen(guideColour()) : Qt::NoPen);
    restyle();
    touch();
}

void PlotWidget::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() != QEvent::PaletteChange && event->type() != QEvent::FontChange) return;
    const int line = QFontMetrics(m_title->font()).lineSpacing();  // as it was
    applyStyle();
    setMinimumSize(minimumSize() * QFontMetrics(font()).lineSpacing() / line);
}

}  // namespace dotmoe
