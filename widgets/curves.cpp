#include "widgets/curves.h"

#include <qcustomplot.h>

#include <QCheckBox>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "widgets/colour_maps.h"

namespace dotmoe {
namespace {

QIcon penIcon(const QPen& pen, double ratio) {
    QPixmap sample(QSize(28, 12) * ratio);
    sample.setDevicePixelRatio(ratio);
    sample.fill(Qt::transparent);
    QPainter painter(&sample);
    painter.setPen(pen);
    painter.drawLine(0, 6, 28, 6);
    return sample;
}

QString shortNumber(double value) {
    return QString::number(value, 'g', 4);
}

bool isReference(const QualitySnapshot& quality) {
    return quality.label == "dense" || quality.label == "random_layerwise";
}

}  // namespace

Curves::Curves(QWidget* parent) : PlotWidget(parent) {
    setAccessibleName(tr("Training curves"));
    m_steps = plot().axisRect(0);
    m_layers = new QCPAxisRect(&plot());
    auto* row = new QCPLayoutGrid;
    plot().plotLayout()->take(m_steps);
    plot().plotLayout()->addElement(1, 0, row);
    row->addElement(0, 0, m_steps);
    row->addElement(0, 1, m_layers);
    row->setColumnStretchFactors({2, 1});

    m_steps->axis(QCPAxis::atBottom)->setLabel(tr("global step"));
    m_steps->axis(QCPAxis::atLeft)->setLabel(tr("value"));
    m_layers->axis(QCPAxis::atBottom)->setLabel(tr("layer"));
    m_layers->axis(QCPAxis::atLeft)->setLabel(tr("relative error"));
    auto whole = QSharedPointer<QCPAxisTickerFixed>::create();
    whole->setScaleStrategy(QCPAxisTickerFixed::ssMultiples);
    for (QCPAxisRect* rect : {m_steps, m_layers}) {
        rect->axis(QCPAxis::atBottom)->setTicker(whole);
        rect->axis(QCPAxis::atBottom)->setSubTicks(false);
    }
    for (const Series series : allSeries) {
        auto* each = plot().addGraph(m_steps->axis(QCPAxis::atBottom), m_steps->axis(QCPAxis::atLeft));
        each->setName(seriesName(series));
        m_graphs[static_cast<std::size_t>(series)] = each;
    }
    m_errors = new QCPBars(m_layers->axis(QCPAxis::atBottom), m_layers->axis(QCPAxis::atLeft));
    m_errors->setName(tr("error of each layer"));
    m_errors->setAntialiased(false);
    m_crosshair = new QCPItemStraightLine(&plot());
    m_crosshair->setVisible(false);

    auto* side = makeLegend();
    auto* columns = new QHBoxLayout;
    auto* outer = static_cast<QVBoxLayout*>(layout());
    outer->removeWidget(&plot());
    outer->addLayout(columns);
    columns->addWidget(&plot(), 1);
    columns->addWidget(side);
    setMinimumSize(420, 200);

    connect(&plot(), &QCustomPlot::mouseMove, this,
            [this](QMouseEvent* event) { hover(event->pos(), event->globalPosition().toPoint()); });
    plot().installEventFilter(this);
    restyle();
    setLogarithmic(true);
    changed();
}

QWidget* Curves::makeLegend() {
    auto* side = new QWidget(this);
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(4, 4, 8, 4);
    column->setSpacing(1);
    for (const Series series : allSeries) {
        auto* each = new QCheckBox(seriesName(series), side);
        each->setChecked(true);
        each->setIconSize({28, 12});
        each->setAccessibleName(tr("Show %1").arg(seriesName(series)));
        connect(each, &QCheckBox::toggled, this,
                [this, series](bool visible) { setSeriesVisible(series, visible); });
        column->addWidget(each);
        m_boxes[static_cast<std::size_t>(series)] = each;
    }
    m_logarithmic = new QCheckBox(tr("logarithmic"), side);
    connect(m_logarithmic, &QCheckBox::toggled, this, &Curves::setLogarithmic);
    column->addSpacing(4);
    column->addWidget(m_logarithmic);
    column->addStretch();
    side->setFixedWidth(QFontMetrics(font()).horizontalAdvance(tr("cross-entropy 0.0001e-5")) + 70);
    return side;
}

void Curves::restyle() {
    const bool dark = isDark(palette());
    for (const Series series : allSeries) {
        const QPen pen = seriesPen(series, dark);
        graph(series)->setPen(pen);
        box(series)->setIcon(penIcon(pen, devicePixelRatioF()));
    }
    QPen marker = seriesPen(Series::perplexity, dark);
    graph(Series::perplexity)
        ->setScatterStyle({QCPScatterStyle::ssDiamond, marker.color(), marker.color(), 8});
    m_errors->setPen(QPen(QColor(0x00, 0x72, 0xb2), 0));
    m_errors->setBrush(QColor(0x00, 0x72, 0xb2));
    m_crosshair->setPen(QPen(textColour(), 0, Qt::DashLine));
    showReferences();
}

void Curves::append(const TrainingStep& step) {
    if (step.stage == Stage::layerwise) return setLayerError(step.layer, step.reconstruction);
    for (const Series series : allSeries) {
        const double value = seriesValue(step, series);
        if (std::isfinite(value)) graph(series)->addData(static_cast<double>(step.step), value);
    }
    changed();
}

void Curves::append(const QualitySnapshot& quality) {
    if (isReference(quality)) {
        const QString label = quality.label == "dense" ? tr("dense") : tr("random split");
        std::erase_if(m_references, [&](const Reference& known) { return known.label == label; });
        m_references.push_back({label, quality.perplexity});
        showReferences();
    } else if (std::isfinite(quality.perplexity)) {
        auto points = graph(Series::perplexity)->data();
        points->remove(static_cast<double>(quality.step));
        points->add({static_cast<double>(quality.step), quality.perplexity});
    }
    changed();
}

void Curves::setLayerErrors(const std::vector<double>& errors) {
    m_layerErrors = errors;
    changed();
}

void Curves::setLayerError(int layer, double error) {
    if (layer < 0) return;
    const auto index = static_cast<std::size_t>(layer);
    if (index >= m_layerErrors.size()) m_layerErrors.resize(index + 1, -1);
    m_layerErrors[index] = error;
    changed();
}

void Curves::clear() {
    for (QCPGraph* each : m_graphs) each->data()->clear();
    m_layerErrors.clear();
    m_references.clear();
    m_crosshairStep.reset();
    showReferences();
    changed();
}

void Curves::changed() {
    arrange();
    showValues();
}

void Curves::arrange() {
    QVector<double> layers, errors;
    for (std::size_t layer = 0; layer < m_layerErrors.size(); ++layer) {
        if (!(m_layerErrors[layer] >= 0)) continue;
        layers.append(static_cast<double>(layer));
        errors.append(m_layerErrors[layer]);
    }
    m_errors->setData(layers, errors, true);
    m_layers->axis(QCPAxis::atBottom)
        ->setRange(-0.6, std::max(1.0, static_cast<double>(m_layerErrors.size())) - 0.4);
    m_layers->axis(QCPAxis::atLeft)
        ->setRange(0, errors.empty() ? 1 : 1.1 * *std::ranges::max_element(errors));

    QCPAxis* steps = m_steps->axis(QCPAxis::atBottom);
    QCPAxis* values = m_steps->axis(QCPAxis::atLeft);
    QCPRange stepRange(0, 1);
    std::optional<QCPRange> valueRange;
    for (QCPGraph* each : m_graphs) {
        if (!each->visible() || each->dataCount() == 0) continue;
        bool foundKeys = false, foundValues = false;
        const QCPRange keys = each->getKeyRange(foundKeys);
        if (foundKeys) stepRange.expand(keys);
        const QCPRange range =
            each->getValueRange(foundValues, isLogarithmic() ? QCP::sdPositive : QCP::sdBoth);
        if (!foundValues) continue;
        if (valueRange) {
            valueRange->expand(range);
        } else {
            valueRange = range;
        }
    }
    if (graph(Series::perplexity)->visible()) {
        for (const Reference& each : m_references) {
            if (!valueRange) valueRange = QCPRange(each.perplexity, each.perplexity);
            valueRange->expand(each.perplexity);
        }
    }
    steps->setRange(stepRange);
    const QCPRange range = valueRange.value_or(QCPRange(isLogarithmic() ? 0.1 : 0, 1));
    if (isLogarithmic()) {
        values->setRange(range.lower / 1.3, range.upper * 1.3);
    } else {
        const double margin = 0.05 * std::max(range.size(), 1e-9 + 0.1 * std::abs(range.upper));
        values->setRange(range.lower - margin, range.upper + margin);
    }
    touch();
}

void Curves::showValues() {
    const double step = m_crosshairStep.value_or(m_steps->axis(QCPAxis::atBottom)->range().upper);
    for (const Series series : allSeries) {
        const auto value = valueAt(series, step);
        box(series)->setText(value ? tr("%1  %2").arg(seriesName(series), shortNumber(*value))
                                   : seriesName(series));
    }
    m_crosshair->setVisible(m_crosshairStep.has_value());
    if (m_crosshairStep) {
        for (QCPItemPosition* point : {m_crosshair->point1, m_crosshair->point2}) {
            point->setAxes(m_steps->axis(QCPAxis::atBottom), m_steps->axis(QCPAxis::atLeft));
            point->setTypeX(QCPItemPosition::ptPlotCoords);
            point->setTypeY(QCPItemPosition::ptAxisRectRatio);
            point->setAxisRect(m_steps);
        }
        m_crosshair->setClipAxisRect(m_steps);
        m_crosshair->point1->setCoords(*m_crosshairStep, 0);
        m_crosshair->point2->setCoords(*m_crosshairStep, 1);
    }
    const bool empty =
        std::ranges::all_of(m_graphs, [](const QCPGraph* each) { return each->dataCount() == 0; });
    setTitle(empty && m_layerErrors.empty() ? tr("No training step yet")
             : m_crosshairStep              ? tr("Training curves · step %1").arg(*m_crosshairStep)
                                            : tr("Training curves"));
}

void Curves::showReferences() {
    for (QCPItemStraightLine* each : m_referenceLines) plot().removeItem(each);
    for (QCPItemText* each : m_referenceLabels) plot().removeItem(each);
    m_referenceLines.clear();
    m_referenceLabels.clear();
    const bool visible = graph(Series::perplexity)->visible();
    QPen pen = seriesPen(Series::perplexity, isDark(palette()));
    pen.setStyle(Qt::DotLine);
    for (const Reference& each : m_references) {
        auto* line = new QCPItemStraightLine(&plot());
        line->setClipAxisRect(m_steps);
        for (QCPItemPosition* point : {line->point1, line->point2}) {
            point->setAxes(m_steps->axis(QCPAxis::atBottom), m_steps->axis(QCPAxis::atLeft));
        }
        line->point1->setCoords(0, each.perplexity);
        line->point2->setCoords(1, each.perplexity);
        line->setPen(pen);
        line->setVisible(visible);
        m_referenceLines.push_back(line);

        auto* label = new QCPItemText(&plot());
        label->setClipAxisRect(m_steps);
        label->position->setAxisRect(m_steps);
        label->position->setAxes(m_steps->axis(QCPAxis::atBottom), m_steps->axis(QCPAxis::atLeft));
        label->position->setTypeX(QCPItemPosition::ptAxisRectRatio);
        label->position->setTypeY(QCPItemPosition::ptPlotCoords);
        label->position->setCoords(0.99, each.perplexity);
        label->setPositionAlignment(Qt::AlignRight | Qt::AlignBottom);
        label->setText(tr("perplexity, %1: %2").arg(each.label, shortNumber(each.perplexity)));
        label->setColor(textColour());
        label->setFont(font());
        label->setVisible(visible);
        m_referenceLabels.push_back(label);
    }
    touch();
}

bool Curves::isLogarithmic() const {
    return m_steps->axis(QCPAxis::atLeft)->scaleType() == QCPAxis::stLogarithmic;
}

void Curves::setLogarithmic(bool logarithmic) {
    QCPAxis* axis = m_steps->axis(QCPAxis::atLeft);
    axis->setScaleType(logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    axis->setTicker(logarithmic ? QSharedPointer<QCPAxisTicker>(new QCPAxisTickerLog)
                                : QSharedPointer<QCPAxisTicker>(new QCPAxisTicker));
    m_logarithmic->setChecked(logarithmic);
    arrange();
}

bool Curves::isSeriesVisible(Series series) const {
    return graph(series)->visible();
}

void Curves::setSeriesVisible(Series series, bool visible) {
    graph(series)->setVisible(visible);
    box(series)->setChecked(visible);
    showReferences();
    arrange();
}

void Curves::setCrosshair(std::optional<double> step) {
    m_crosshairStep = step;
    showValues();
}

std::optional<double> Curves::valueAt(Series series, double step) const {
    const auto points = graph(series)->data();
    auto after = points->findEnd(step, false);
    if (after == points->constBegin()) return std::nullopt;
    return std::prev(after)->value;
}

std::optional<double> Curves::layerError(int layer) const {
    const auto index = static_cast<std::size_t>(layer);
    if (layer < 0 || index >= m_layerErrors.size() || !(m_layerErrors[index] >= 0)) return std::nullopt;
    return m_layerErrors[index];
}

QPointF Curves::pointOf(double step, double value) const {
    settle();
    const QPointF inPlot(m_steps->axis(QCPAxis::atBottom)->coordToPixel(step),
                         m_steps->axis(QCPAxis::atLeft)->coordToPixel(value));
    return plot().mapToParent(inPlot.toPoint());
}

QPointF Curves::layerPointOf(int layer) const {
    settle();
    const QPointF inPlot(m_layers->axis(QCPAxis::atBottom)->coordToPixel(layer),
                         m_layers->axis(QCPAxis::atLeft)->coordToPixel(layerError(layer).value_or(0)));
    return plot().mapToParent(inPlot.toPoint());
}

void Curves::prepareExport(bool exporting) {
    plot().legend->setVisible(exporting);
}

bool Curves::eventFilter(QObject* watched, QEvent* event) {
    if (watched == &plot() && event->type() == QEvent::Leave && m_crosshairStep) {
        setCrosshair(std::nullopt);
        emit hoverLeft();
    }
    return PlotWidget::eventFilter(watched, event);
}

void Curves::hover(QPoint inPlot, QPoint global) {
    if (m_layers->rect().contains(inPlot)) {
        const auto layer =
            static_cast<int>(std::lround(m_layers->axis(QCPAxis::atBottom)->pixelToCoord(inPlot.x())));
        if (const auto error = layerError(layer)) {
            QToolTip::showText(global, tr("layer %1 · error %2").arg(layer).arg(shortNumber(*error)), this);
        }
        return;
    }
    QToolTip::hideText();
    const auto points = graph(Series::loss)->data();
    if (!m_steps->rect().contains(inPlot) || points->isEmpty()) return;
    const double wanted = m_steps->axis(QCPAxis::atBottom)->pixelToCoord(inPlot.x());
    auto next = points->findBegin(wanted, false);
    if (next == points->constEnd()) next = std::prev(next);
    if (next != points->constBegin() && wanted - std::prev(next)->key < next->key - wanted)
        next = std::prev(next);
    setCrosshair(next->key);
    emit stepHovered(next->key);
}

}  // namespace dotmoe
