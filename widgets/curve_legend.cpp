#include "widgets/curve_legend.h"

#include <QCheckBox>
#include <QPainter>
#include <QVBoxLayout>

namespace dotmoe {
namespace {

constexpr QSize sampleSize(28, 12);

QIcon sampleOf(const QPen& pen, double ratio) {
    QPixmap sample(sampleSize * ratio);
    sample.setDevicePixelRatio(ratio);
    sample.fill(Qt::transparent);
    QPainter painter(&sample);
    painter.setPen(pen);
    painter.drawLine(0, sampleSize.height() / 2, sampleSize.width(), sampleSize.height() / 2);
    return sample;
}

}  // namespace

CurveLegend::CurveLegend(QWidget* parent)
    : QWidget(parent), m_logarithmic(new QCheckBox(tr("logarithmic"), this)) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(4, 4, 8, 4);
    column->setSpacing(1);
    for (const Series series : allSeries) {
        auto* each = new QCheckBox(this);
        each->setChecked(true);
        each->setIconSize(sampleSize);
        each->setAccessibleName(tr("Show %1").arg(seriesName(series)));
        connect(each, &QCheckBox::toggled, this,
                [this, series](bool visible) { emit seriesToggled(series, visible); });
        column->addWidget(each);
        m_boxes[static_cast<std::size_t>(series)] = each;
        setValue(series, std::nullopt);
    }
    connect(m_logarithmic, &QCheckBox::toggled, this, &CurveLegend::logarithmicToggled);
    column->addSpacing(4);
    column->addWidget(m_logarithmic);
    column->addStretch();
    fitWidth();
}

void CurveLegend::fitWidth() {
    int widest = m_logarithmic->sizeHint().width();
    for (const Series series : allSeries) {
        const auto text = box(series)->text();
        setValue(series, 0.0001234);
        widest = std::max(widest, box(series)->sizeHint().width());
        box(series)->setText(text);
    }
    setFixedWidth(widest + 12);
}

void CurveLegend::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::FontChange) fitWidth();
}

void CurveLegend::setValue(Series series, std::optional<double> value) {
    box(series)->setText(value ? tr("%1  %2").arg(seriesName(series), shortNumber(*value))
                               : seriesName(series));
}

void CurveLegend::setChecked(Series series, bool checked) {
    box(series)->setChecked(checked);
}

void CurveLegend::setLogarithmic(bool logarithmic) {
    m_logarithmic->setChecked(logarithmic);
}

void CurveLegend::drawSamples(bool dark) {
    for (const Series series : allSeries)
        box(series)->setIcon(sampleOf(seriesPen(series, dark), devicePixelRatioF()));
}

}  // namespace dotmoe
