#include "widgets/curves.h"

#include <qcustomplot.h>

#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "widgets/colour_maps.h"
#include "widgets/curve_legend.h"
#include "widgets/layer_error_panel.h"
#include "widgets/level_lines.h"

namespace dotmoe {

Curves::Curves(QWidget* parent)
    : PlotWidget(parent),
      m_panels(new QCPLayoutGrid),
      m_steps(plot().axisRect(0)),
      m_layers(std::make_unique<LayerErrorPanel>(plot())),
      m_levels(std::make_unique<LevelLines>(*m_steps)),
      m_crosshair(new QCPItemStraightLine(&plot())),
      m_legend(new CurveLegend(this)) {
    setAccessibleName(tr("Training curves"));
    setMinimumSize(480, 200);
    plot().plotLayout()->take(m_steps);
    plot().plotLayout()->addElement(1, 0, m_panels);
    m_panels->addElement(0, 0, m_steps);
    m_panels->addElement(0, 1, m_layers->axisRect());
    m_panels->setColumnStretchFactors({2, 1});

    auto whole = QSharedPointer<QCPAxisTickerFixed>::create();
    whole->setScaleStrategy(QCPAxisTickerFixed::ssMultiples);
    stepAxis()->setTicker(whole);
    stepAxis()->setSubTicks(false);
    stepAxis()->setLabel(tr("global step"));
    valueAxis()->setLabel(tr("value"));
    for (const Series series : allSeries) {
        auto* each = plot().addGraph(stepAxis(), valueAxis());
        each->setName(seriesName(series));
        m_graphs[static_cast<std::size_t>(series)] = each;
    }
    m_crosshair->setClipAxisRect(m_steps);
    for (QCPItemPosition* point : {m_crosshair->point1, m_crosshair->point2}) {
        point->setAxes(stepAxis(), valueAxis());
        point->setAxisRect(m_steps);
        point->setTypeY(QCPItemPosition::ptAxisRectRatio);
    }

    layout()->removeWidget(&plot());
    auto* row = new QHBoxLayout;
    static_cast<QVBoxLayout*>(layout())->addLayout(row);
    row->addWidget(&plot(), 1);
    row->addWidget(m_legend);

    connect(m_legend, &CurveLegend::seriesToggled, this, &Curves::setSeriesVisible);
    connect(m_legend, &CurveLegend::logarithmicToggled, this, &Curves::setLogarithmic);
    connect(&plot(), &QCustomPlot::mouseMove, this,
            [this](QMouseEvent* event) { hover(event->pos(), event->globalPosition().toPoint()); });
    plot().installEventFilter(this);
    applyStyle();
    setLogarithmic(true);
    changed();
}

Curves::~Curves() = default;

QCPAxis* Curves::stepAxis() const {
    return m_steps->axis(QCPAxis::atBottom);
}
QCPAxis* Curves::valueAxis() const {
    return m_steps->axis(QCPAxis::atLeft);
}

void Curves::restyle() {
    const bool dark = isDark(palette());
    for (const Series series : allSeries) graph(series)->setPen(seriesPen(series, dark));
    m_legend->drawSamples(dark);
    QPen pen = seriesPen(Series::perplexity, dark);
    graph(Series::perplexity)->setScatterStyle({QCPScatterStyle::ssDiamond, pen.color(), pen.color(), 8});
    pen.setStyle(Qt::DotLine);
    m_levels->setStyle(pen, textColour(), palette().color(QPalette::Window), font());
    m_crosshair->setPen(QPen(textColour(), 0, Qt::DashLine));
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
    if (!std::isfinite(quality.perplexity)) return;
    const auto step = static_cast<double>(quality.step);
    if (quality.label == "dense") {
        m_levels->set(tr("perplexity, dense:"), quality.perplexity);
    } else if (quality.label == "random_layerwise") {
        m_levels->set(tr("perplexity, random split:"), quality.perplexity);
    } else {
        // A fit changes the model between two steps, so a step can have a figure before it and one behind it.
        const auto points = graph(Series::perplexity)->data();
        const bool known = std::any_of(points->findBegin(step, false), points->findEnd(step, false),
                                       [&](const auto& point) { return point.value == quality.perplexity; });
        if (!known) graph(Series::perplexity)->addData(step, quality.perplexity);
    }
    changed();
}

void Curves::setLayerErrors(const std::vector<double>& errors) {
    m_layers->setErrors(errors);
    changed();
}

void Curves::setLayerError(int layer, double error) {
    m_layers->setError(layer, error);
    changed();
}

void Curves::clear() {
    for (QCPGraph* each : m_graphs) each->data()->clear();
    m_layers->setErrors({});
    m_levels->clear();
    m_crosshairStep.reset();
    changed();
}

void Curves::changed() {
    fitRanges();
    showValues();
}

void Curves::fitRanges() {
    QCPRange steps(0, 1);
    std::optional<QCPRange> values;
    const auto include = [&values](const QCPRange& range) {
        if (!values) values = range;
        values->expand(range);
    };
    for (QCPGraph* each : m_graphs) {
        bool found = false;
        if (const QCPRange keys = each->getKeyRange(found); found) steps.expand(keys);
        if (!each->visible()) continue;
        const QCPRange range = each->getValueRange(found, isLogarithmic() ? QCP::sdPositive : QCP::sdBoth);
        if (found) include(range);
    }
    for (const double level : m_levels->values()) include({level, level});

    stepAxis()->setRange(steps.lower - 0.02 * steps.size(), steps.upper + 0.02 * steps.size());
    // The upper margins leave room for the label above the highest line.
    const QCPRange range = values.value_or(QCPRange(0.1, 1));
    if (isLogarithmic()) {
        const double decades = std::log10(range.upper * 1.3 / range.lower);
        valueAxis()->setRange(range.lower / 1.3, range.upper * std::pow(10, std::max(0.3, decades / 5)));
    } else {
        const double margin = 0.12 * std::max({range.size(), 0.1 * std::abs(range.upper), 1e-9});
        valueAxis()->setRange(range.lower - margin / 2, range.upper + margin);
    }
    touch();
}

void Curves::showValues() {
    const auto marked = m_crosshairStep ? m_crosshairStep : m_cursorStep;
    const double step = marked.value_or(stepAxis()->range().upper);
    for (const Series series : allSeries) m_legend->setValue(series, valueAt(series, step));
    m_crosshair->setVisible(marked.has_value());
    m_crosshair->point1->setCoords(step, 0);
    m_crosshair->point2->setCoords(step, 1);
    const bool empty =
        std::ranges::all_of(m_graphs, [](const QCPGraph* each) { return each->dataCount() == 0; });
    setTitle(empty && m_layers->isEmpty() ? tr("No training step yet")
             : marked                     ? tr("Training curves · step %1").arg(*marked)
                                          : tr("Training curves"));
}

bool Curves::isLogarithmic() const {
    return valueAxis()->scaleType() == QCPAxis::stLogarithmic;
}

void Curves::setLogarithmic(bool logarithmic) {
    valueAxis()->setScaleType(logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    valueAxis()->setTicker(logarithmic ? QSharedPointer<QCPAxisTicker>(new QCPAxisTickerLog)
                                       : QSharedPointer<QCPAxisTicker>(new QCPAxisTicker));
    m_legend->setLogarithmic(logarithmic);
    fitRanges();
}

bool Curves::isSeriesVisible(Series series) const {
    return graph(series)->visible();
}

void Curves::setSeriesVisible(Series series, bool visible) {
    graph(series)->setVisible(visible);
    m_legend->setChecked(series, visible);
    if (series == Series::perplexity) m_levels->setVisible(visible);
    fitRanges();
}

void Curves::setCrosshair(std::optional<double> step) {
    m_crosshairStep = step;
    showValues();
}

void Curves::setCursor(std::optional<double> step) {
    m_cursorStep = step;
    showValues();
}

std::optional<double> Curves::valueAt(Series series, double step) const {
    const auto points = graph(series)->data();
    const auto after = points->findEnd(step, false);
    if (after == points->constBegin()) return std::nullopt;
    return std::prev(after)->value;
}

std::optional<double> Curves::layerError(int layer) const {
    return m_layers->errorOf(layer);
}

QPointF Curves::pointOf(double step, double value) const {
    settle();
    return QPointF(plot().pos()) + QPointF(stepAxis()->coordToPixel(step), valueAxis()->coordToPixel(value));
}

QPointF Curves::layerPointOf(int layer) const {
    settle();
    return QPointF(plot().pos()) + m_layers->topOfBar(layer);
}

Table Curves::table() const {
    Table table{{tr("series"), tr("step or layer"), tr("value")}, {}};
    for (const Series series : allSeries)
        for (const QCPGraphData& point : *graph(series)->data())
            table.rows.push_back({seriesName(series), csvNumber(point.key), csvNumber(point.value)});
    for (const auto& [name, value] : m_levels->named()) table.rows.push_back({name, {}, csvNumber(value)});
    for (int layer = 0; layer < m_layers->layers(); ++layer)
        if (const auto error = m_layers->errorOf(layer))
            table.rows.push_back(
                {tr("relative error of the layer"), QString::number(layer), csvNumber(*error)});
    return table;
}

void Curves::prepareExport(bool exporting) {
    // On screen the check boxes are the legend; a picture needs one of its own, beside the data.
    QCPLegend* legend = plot().legend;
    QCPLayoutInset* inset = m_steps->insetLayout();
    if (exporting) {
        inset->take(legend);
        m_panels->addElement(0, 2, legend);
        m_panels->setColumnStretchFactors({2, 1, 0.001});
    } else {
        m_panels->take(legend);
        m_panels->simplify();
        inset->addElement(legend, Qt::AlignRight | Qt::AlignTop);
    }
    legend->setVisible(exporting);
}

bool Curves::eventFilter(QObject* watched, QEvent* event) {
    if (watched == &plot() && event->type() == QEvent::Leave && m_crosshairStep) {
        setCrosshair(std::nullopt);
        emit hoverLeft();
    }
    return PlotWidget::eventFilter(watched, event);
}

void Curves::hover(QPoint inPlot, QPoint global) {
    const int layer = m_layers->layerAt(inPlot);
    if (const auto error = m_layers->errorOf(layer)) {
        return QToolTip::showText(global, tr("layer %1 · error %2").arg(layer).arg(shortNumber(*error)),
                                  this);
    }
    QToolTip::hideText();
    const auto points = graph(Series::loss)->data();
    if (!m_steps->rect().contains(inPlot) || points->isEmpty()) return;
    const double wanted = stepAxis()->pixelToCoord(inPlot.x());
    auto nearest = points->findBegin(wanted, false);
    if (nearest == points->constEnd()) --nearest;
    if (nearest != points->constBegin() && wanted - std::prev(nearest)->key < nearest->key - wanted)
        --nearest;
    setCrosshair(nearest->key);
    emit stepHovered(nearest->key);
}

}  // namespace dotmoe
