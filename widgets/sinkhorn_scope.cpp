#include "widgets/sinkhorn_scope.h"

#include <qcustomplot.h>

#include <QToolTip>
#include <algorithm>
#include <cmath>
#include <span>

#include "widgets/colour_maps.h"
#include "widgets/curve_series.h"

namespace dotmoe {
namespace {

constexpr std::size_t kFew = 16;

/// Of a short solve every point counts: the right of the plot is left to the legend.
double lastShown(std::size_t iterations) {
    const auto last = std::max<double>(2, static_cast<double>(iterations));
    return iterations <= kFew ? 1 + (last - 1) / 0.7 : last;
}

void setResiduals(QCPGraph& graph, std::span<const float> residuals) {
    QVector<double> iterations, values;
    for (std::size_t i = 0; i < residuals.size(); ++i) {
        iterations.append(static_cast<double>(i + 1));
        values.append(std::max(SinkhornScope::floor, static_cast<double>(residuals[i])));
    }
    graph.setData(iterations, values, true);
    // A warm start meets the sums in an iteration or two: points, for a line would be too short to see.
    const bool few = residuals.size() <= kFew;
    graph.setScatterStyle(few ? QCPScatterStyle(QCPScatterStyle::ssDisc, 6) : QCPScatterStyle());
}

QString last(const std::vector<float>& residuals) {
    return residuals.empty() ? QStringLiteral("-")
                             : QString::number(static_cast<double>(residuals.back()), 'e', 0);
}

}  // namespace

SinkhornScope::SinkhornScope(QWidget* parent)
    : PlotWidget(parent), m_row(plot().addGraph()), m_column(plot().addGraph()) {
    setAccessibleName(tr("Sinkhorn residuals"));
    m_row->setName(tr("row sums"));
    m_column->setName(tr("column sums"));
    plot().xAxis->setLabel(tr("iteration"));
    auto whole = QSharedPointer<QCPAxisTickerFixed>::create();
    whole->setScaleStrategy(QCPAxisTickerFixed::ssMultiples);
    plot().xAxis->setTicker(whole);
    plot().xAxis->setSubTicks(false);
    plot().yAxis->setLabel(tr("error, neurons"));
    plot().yAxis->setScaleType(QCPAxis::stLogarithmic);
    plot().yAxis->setTicker(QSharedPointer<QCPAxisTickerLog>::create());
    plot().yAxis->setNumberFormat(QStringLiteral("eb"));
    plot().yAxis->setNumberPrecision(0);
    plot().legend->setVisible(true);
    connect(&plot(), &QCustomPlot::mouseMove, this,
            [this](QMouseEvent* event) { hover(event->pos(), event->globalPosition().toPoint()); });
    applyStyle();
    setSnapshot(nullptr);
}

void SinkhornScope::restyle() {
    const bool dark = isDark(palette());
    m_row->setPen(seriesPen(Series::kl, dark));
    m_column->setPen(seriesPen(Series::crossEntropy, dark));
    touch();
}

void SinkhornScope::setSnapshot(std::shared_ptr<const SinkhornSnapshot> solve) {
    m_solve = std::move(solve);
    if (!m_solve) {
        m_row->setData({}, {});
        m_column->setData({}, {});
        plot().yAxis->setRange(1e-6, 1);
        return setTitle(tr("No Sinkhorn solve yet"));
    }
    setResiduals(*m_row, m_solve->row_residual);
    setResiduals(*m_column, m_solve->column_residual);
    const auto iterations = std::max(m_solve->row_residual.size(), m_solve->column_residual.size());
    plot().xAxis->setRange(0.9, lastShown(iterations) + 0.1);
    plot().yAxis->rescale();
    const QCPRange values = plot().yAxis->range();  // to whole decades, so that there are labels
    const double lower = std::floor(std::log10(0.9 * std::max(floor, values.lower)));
    const double upper = std::ceil(std::log10(std::max(floor, values.upper)));
    plot().yAxis->setRange(std::pow(10, lower), std::pow(10, std::max(lower + 1, upper)));
    setTitle(tr("Layer %1 · τ %2 · %3%4 · rows %5 · columns %6 · %7 %8")
                 .arg(m_solve->layer)
                 .arg(m_solve->temperature, 0, 'g', 3)
                 .arg(iterations == 1 ? tr("1 iteration") : tr("%1 iterations").arg(iterations))
                 .arg(m_solve->converged ? QString() : tr(", not converged"))
                 .arg(last(m_solve->row_residual), last(m_solve->column_residual))
                 .arg(m_solve->stage == Stage::layerwise ? tr("round") : tr("step"))
                 .arg(m_solve->step));
}

QPointF SinkhornScope::pointOf(int iteration, double residual) const {
    settle();
    return {plot().xAxis->coordToPixel(iteration), plot().yAxis->coordToPixel(std::max(floor, residual))};
}

void SinkhornScope::hover(QPoint inPlot, QPoint global) {
    const auto iteration = std::lround(plot().xAxis->pixelToCoord(inPlot.x()));
    const auto known = [&](const std::vector<float>& residuals) {
        return iteration >= 1 && iteration <= std::ssize(residuals);
    };
    if (!m_solve || !plot().axisRect()->rect().contains(inPlot) || !known(m_solve->row_residual) ||
        !known(m_solve->column_residual)) {
        return QToolTip::hideText();
    }
    const auto index = static_cast<std::size_t>(iteration - 1);
    QToolTip::showText(global,
                       tr("iteration %1\nrow sums off by %2\ncolumn sums off by %3")
                           .arg(iteration)
                           .arg(static_cast<double>(m_solve->row_residual[index]), 0, 'g', 3)
                           .arg(static_cast<double>(m_solve->column_residual[index]), 0, 'g', 3),
                       this);
}

}  // namespace dotmoe
