#include "widgets/pareto_plot.h"

#include <qcustomplot.h>

#include <QToolTip>
#include <algorithm>
#include <array>
#include <cmath>

#include "widgets/colour_maps.h"
#include "widgets/curve_series.h"
#include "widgets/point_names.h"

namespace dotmoe {
namespace {

constexpr double reach = 8;  ///< pixels from a point at which the mouse is on it

QString millions(double parameters) {
    return QString::number(parameters / 1e6, 'f', parameters < 1e7 ? 3 : 1);
}

/// Room for names around the values; logarithmic where they span a decade.
void fit(QCPAxis& axis, const std::vector<double>& values) {
    if (values.empty()) return axis.setRange(0, 1);
    const auto [low, high] = std::ranges::minmax(values);
    const bool logarithmic = low > 0 && high >= 10 * low;
    axis.setScaleType(logarithmic ? QCPAxis::stLogarithmic : QCPAxis::stLinear);
    axis.setTicker(logarithmic ? QSharedPointer<QCPAxisTicker>(new QCPAxisTickerLog)
                               : QSharedPointer<QCPAxisTicker>(new QCPAxisTicker));
    if (logarithmic) {
        const double margin = std::pow(high / low, 0.12);
        return axis.setRange(low / margin, high * margin);
    }
    const double margin = std::max(0.15 * (high - low), 0.02 * std::abs(high));
    axis.setRange(std::max(0.0, low - margin), high + margin);
}

}  // namespace

QString ParetoPoint::name() const {
    return QStringLiteral("%1:%2%3:%4")
        .arg(experts)
        .arg(active)
        .arg(active == trained ? QStringLiteral("*") : QString())
        .arg(shared);
}

ParetoPlot::ParetoPlot(QWidget* parent)
    : PlotWidget(parent),
      m_front(plot().addGraph()),
      m_others(plot().addGraph()),
      m_dense(plot().addGraph()),
      m_ring(plot().addGraph()),
      m_names(new PointNames(plot(), plot().xAxis, plot().yAxis)) {
    setAccessibleName(tr("Pareto front"));
    m_front->setName(tr("front"));
    m_others->setName(tr("beaten"));
    m_dense->setName(tr("dense"));
    m_front->setLineStyle(QCPGraph::lsStepLeft);
    for (auto* each : {m_others, m_dense, m_ring}) each->setLineStyle(QCPGraph::lsNone);
    m_ring->removeFromLegend();
    m_ring->setLayer(QStringLiteral("overlay"));
    plot().xAxis->setLabel(tr("active parameters, millions"));
    plot().yAxis->setLabel(tr("perplexity"));
    legendAbove(3);
    connect(&plot(), &QCustomPlot::mouseMove, this,
            [this](QMouseEvent* event) { hover(event->pos(), event->globalPosition().toPoint()); });
    connect(&plot(), &QCustomPlot::mousePress, this, [this](QMouseEvent* event) {
        if (const auto point = nearest(event->position())) emit pointChosen(*point);
    });
    applyStyle();
    setPareto({});
}

void ParetoPlot::restyle() {
    const bool dark = isDark(palette());
    const QColor front = seriesPen(Series::perplexity, dark).color();
    const QColor dense = seriesPen(Series::crossEntropy, dark).color();
    m_front->setPen(QPen(front, 2));
    m_front->setScatterStyle({QCPScatterStyle::ssDiamond, front, front, 9});
    m_others->setScatterStyle({QCPScatterStyle::ssCircle, textColour(), 7});
    m_dense->setScatterStyle({QCPScatterStyle::ssSquare, dense, dense, 8});
    m_ring->setScatterStyle({QCPScatterStyle::ssCircle, QPen(textColour(), 2), Qt::NoBrush, 19});
    m_names->setStyle(textColour(), font());
}

void ParetoPlot::setPareto(Pareto pareto) {
    m_pareto = std::move(pareto);
    for (auto* graph : {m_front, m_others, m_dense}) graph->data()->clear();
    std::vector<PointNames::Name> names, beaten;
    for (const ParetoPoint& point : m_pareto.points) {
        const double parameters = point.parameters / 1e6;
        (point.front ? m_front : m_others)->addData(parameters, point.perplexity);
        (point.front ? names : beaten).push_back({parameters, point.perplexity, point.name()});
    }
    if (!m_pareto.points.empty()) {
        const double parameters = m_pareto.denseParameters / 1e6;
        m_dense->addData(parameters, m_pareto.densePerplexity);
        names.push_back({parameters, m_pareto.densePerplexity, tr("dense")});
    }
    names.insert(names.end(), beaten.begin(), beaten.end());
    m_names->setNames(std::move(names));
    setTitle(m_pareto.points.empty()
                 ? tr("Open the sweep.json that dotmoe sweep wrote")
                 : tr("Pareto front of E:k:S (*: k as trained)"));
    fitAxes();
    setCurrent(-1);
}

void ParetoPlot::fitAxes() {
    std::vector<double> parameters, perplexities;
    for (const auto* graph : {m_front, m_others, m_dense})
        for (const auto& point : *graph->data()) {
            parameters.push_back(point.key);
            perplexities.push_back(point.value);
        }
    fit(*plot().xAxis, parameters);
    fit(*plot().yAxis, perplexities);
}

void ParetoPlot::setCurrent(int point) {
    m_current = point >= 0 && point < std::ssize(m_pareto.points) ? point : -1;
    m_ring->data()->clear();
    if (m_current >= 0) {
        const ParetoPoint& at = m_pareto.points[static_cast<std::size_t>(m_current)];
        m_ring->addData(at.parameters / 1e6, at.perplexity);
    }
    touch();
}

bool ParetoPlot::isLogarithmic() const {
    return plot().yAxis->scaleType() == QCPAxis::stLogarithmic;
}

QPointF ParetoPlot::pointAt(int point) const {
    settle();
    const auto& at = m_pareto.points[static_cast<std::size_t>(point)];
    return {plot().xAxis->coordToPixel(at.parameters / 1e6), plot().yAxis->coordToPixel(at.perplexity)};
}

QPointF ParetoPlot::densePoint() const {
    settle();
    return {plot().xAxis->coordToPixel(m_pareto.denseParameters / 1e6),
            plot().yAxis->coordToPixel(m_pareto.densePerplexity)};
}

std::optional<int> ParetoPlot::nearest(QPointF inPlot) const {
    std::optional<int> found;
    double closest = reach;
    for (int point = 0; point < std::ssize(m_pareto.points); ++point) {
        const double distance = QLineF(inPlot, pointAt(point)).length();
        if (distance > closest) continue;
        closest = distance;
        found = point;
    }
    return found;
}

void ParetoPlot::hover(QPoint inPlot, QPoint global) {
    const auto over = nearest(inPlot);
    if (!over) return QToolTip::hideText();
    const auto& point = m_pareto.points[static_cast<std::size_t>(*over)];
    QToolTip::showText(global,
                       tr("E %1 · k %2 · S %3\n%4 M active parameters (%5 % of the FFN neurons)\n"
                          "perplexity %6 · KL %7 · top-1 %8 %")
                           .arg(point.experts)
                           .arg(point.active)
                           .arg(point.shared)
                           .arg(millions(point.parameters))
                           .arg(100 * point.share, 0, 'f', 1)
                           .arg(shortNumber(point.perplexity), shortNumber(point.kl))
                           .arg(100 * point.top1, 0, 'f', 1),
                       this);
}

Table ParetoPlot::table() const {
    Table table{{tr("E"), tr("k"), tr("S"), tr("neurons, %"), tr("weights, M"), tr("perplexity"), tr("KL"),
                 tr("top-1, %"), tr("remark")},
                {}};
    for (const ParetoPoint& point : m_pareto.points) {
        QStringList remarks;
        if (point.front) remarks << tr("front");
        if (point.active == point.trained) remarks << tr("as trained");
        table.rows.push_back({QString::number(point.experts), QString::number(point.active),
                              QString::number(point.shared), QString::number(100 * point.share, 'f', 1),
                              millions(point.parameters), QString::number(point.perplexity, 'f', 2),
                              QString::number(point.kl, 'f', 3), QString::number(100 * point.top1, 'f', 1),
                              remarks.join(QStringLiteral(", "))});
    }
    if (!m_pareto.points.empty())
        table.rows.push_back({{},
                              {},
                              {},
                              QStringLiteral("100.0"),
                              millions(m_pareto.denseParameters),
                              QString::number(m_pareto.densePerplexity, 'f', 2),
                              QString::number(0.0, 'f', 3),
                              QStringLiteral("100.0"),
                              tr("dense")});
    return table;
}

}  // namespace dotmoe
