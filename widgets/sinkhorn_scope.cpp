#include "widgets/sinkhorn_scope.h"

#include <qcustomplot.h>

#include <QKeyEvent>
#include <QToolTip>
#include <algorithm>
#include <cmath>
#include <span>

#include "widgets/colour_maps.h"
#include "widgets/curve_series.h"

namespace dotmoe {
namespace {

constexpr int kFew = 16;

/// Of a short solve every point counts: the right of the plot is left to the legend.
double lastShown(int iterations) {
    const double last = std::max(2, iterations);
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
    const bool few = std::ssize(residuals) <= kFew;
    graph.setScatterStyle(few ? QCPScatterStyle(QCPScatterStyle::ssDisc, 6) : QCPScatterStyle());
}

/// After `iteration`, counted from 1.
QString residual(const std::vector<float>& residuals, int iteration) {
    if (iteration < 1 || iteration > std::ssize(residuals)) return QStringLiteral("-");
    return QString::number(static_cast<double>(residuals[static_cast<std::size_t>(iteration - 1)]), 'e', 0);
}

}  // namespace

SinkhornScope::SinkhornScope(QWidget* parent)
    : PlotWidget(parent),
      m_row(plot().addGraph()),
      m_column(plot().addGraph()),
      m_cursor(new QCPItemStraightLine(&plot())) {
    setAccessibleName(tr("Sinkhorn residuals"));
    setFocusPolicy(Qt::StrongFocus);
    m_cursor->setVisible(false);
    m_cursor->setAntialiased(false);  // a crisp line between the curves
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
    connect(&plot(), &QCustomPlot::mouseMove, this, [this](QMouseEvent* event) {
        if (event->buttons() & Qt::LeftButton) selectAt(event->pos());
        hover(event->pos(), event->globalPosition().toPoint());
    });
    connect(&plot(), &QCustomPlot::mousePress, this, [this](QMouseEvent* event) {
        setFocus(Qt::MouseFocusReason);
        if (event->button() == Qt::LeftButton) selectAt(event->pos());
    });
    applyStyle();
    setSnapshot(nullptr);
}

void SinkhornScope::restyle() {
    const bool dark = isDark(palette());
    m_row->setPen(seriesPen(Series::kl, dark));
    m_column->setPen(seriesPen(Series::crossEntropy, dark));
    m_cursor->setPen(QPen(textColour(), 1, Qt::DashLine));
    touch();
}

int SinkhornScope::iterations() const {
    return m_solve ? static_cast<int>(std::max(m_solve->row_residual.size(), m_solve->column_residual.size()))
                   : 0;
}

void SinkhornScope::select(int iteration) {
    if (iteration == m_iteration) return;
    m_iteration = iteration;
    m_cursor->setVisible(iteration > 0);
    m_cursor->point1->setCoords(iteration, 1);
    m_cursor->point2->setCoords(iteration, 10);
    showTitle();
    emit iterationSelected(iteration);
}

void SinkhornScope::selectAt(QPoint inPlot) {
    if (!m_solve || iterations() == 0) return;
    select(
        std::clamp(static_cast<int>(std::lround(plot().xAxis->pixelToCoord(inPlot.x()))), 1, iterations()));
}

void SinkhornScope::keyPressEvent(QKeyEvent* event) {
    const int last = iterations(), now = m_iteration > 0 ? m_iteration : last;
    switch (last > 0 ? event->key() : 0) {
        case Qt::Key_Left:
            return select(std::max(1, now - 1));
        case Qt::Key_Right:
            return select(std::min(last, now + 1));
        case Qt::Key_Home:
            return select(1);
        case Qt::Key_End:
            return select(last);
        case Qt::Key_Escape:
            return select(0);
        default:
            return PlotWidget::keyPressEvent(event);
    }
}

void SinkhornScope::setSnapshot(std::shared_ptr<const SinkhornSnapshot> solve) {
    select(0);
    m_solve = std::move(solve);
    if (!m_solve) {
        m_row->setData({}, {});
        m_column->setData({}, {});
        plot().yAxis->setRange(1e-6, 1);
        return showTitle();
    }
    setResiduals(*m_row, m_solve->row_residual);
    setResiduals(*m_column, m_solve->column_residual);
    plot().xAxis->setRange(0.9, lastShown(iterations()) + 0.1);
    plot().yAxis->rescale();
    const QCPRange values = plot().yAxis->range();  // to whole decades, so that there are labels
    const double lower = std::floor(std::log10(0.9 * std::max(floor, values.lower)));
    const double upper = std::ceil(std::log10(std::max(floor, values.upper)));
    // A little above the decade: a point that lies on it is drawn whole.
    plot().yAxis->setRange(std::pow(10, lower), std::pow(10, std::max(lower + 1, upper) + 0.15));
    showTitle();
}

void SinkhornScope::showTitle() {
    if (!m_solve) return setTitle(tr("No Sinkhorn solve yet"));
    const int count = iterations(), shown = m_iteration > 0 ? m_iteration : count;
    const QString where = m_iteration > 0 ? tr("iteration %1 of %2").arg(m_iteration).arg(count)
                          : count == 1    ? tr("1 iteration")
                                          : tr("%1 iterations").arg(count);
    setTitle(tr("Layer %1 · τ %2 · %3%4 · rows %5 · columns %6 · %7 %8")
                 .arg(m_solve->layer)
                 .arg(m_solve->temperature, 0, 'g', 3)
                 .arg(where, m_solve->converged || m_iteration > 0 ? QString() : tr(", not converged"))
                 .arg(residual(m_solve->row_residual, shown), residual(m_solve->column_residual, shown))
                 .arg(m_solve->stage == Stage::layerwise ? tr("round") : tr("step"))
                 .arg(m_solve->step));
}

QPointF SinkhornScope::pointOf(int iteration, double residual) const {
    settle();
    return {plot().xAxis->coordToPixel(iteration), plot().yAxis->coordToPixel(std::max(floor, residual))};
}

Table SinkhornScope::table() const {
    Table table{{tr("iteration"), tr("row sums, error in neurons"), tr("column sums, error in neurons")}, {}};
    const auto at = [](const std::vector<float>& residuals, std::size_t i) {
        return i < residuals.size() ? csvNumber(static_cast<double>(residuals[i])) : QString();
    };
    for (std::size_t i = 0; i < static_cast<std::size_t>(iterations()); ++i)
        table.rows.push_back(
            {QString::number(i + 1), at(m_solve->row_residual, i), at(m_solve->column_residual, i)});
    return table;
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
