#include "widgets/dial_curve.h"

#include <qcustomplot.h>

#include <algorithm>

#include "widgets/colour_maps.h"
#include "widgets/curve_series.h"
#include "widgets/point_names.h"

namespace dotmoe {

DialCurve::DialCurve(QWidget* parent)
    : PlotWidget(parent),
      m_perplexity(plot().addGraph(plot().xAxis, plot().yAxis)),
      m_speed(plot().addGraph(plot().xAxis, plot().yAxis2)),
      m_names(new PointNames(plot(), plot().xAxis, plot().yAxis)) {
    setAccessibleName(tr("The k dial"));
    m_perplexity->setName(tr("perplexity (left)"));
    m_speed->setName(tr("tokens/s (right)"));
    plot().xAxis->setLabel(tr("active parameters, millions"));
    plot().yAxis->setLabel(tr("perplexity"));
    plot().yAxis2->setLabel(tr("tokens/s"));
    plot().yAxis2->setVisible(true);
    legendAbove(2);
    applyStyle();
    setRows({});
}

void DialCurve::restyle() {
    const bool dark = isDark(palette());
    const QPen perplexity = seriesPen(Series::perplexity, dark),
               speed = seriesPen(Series::crossEntropy, dark);
    m_perplexity->setPen(perplexity);
    m_perplexity->setScatterStyle({QCPScatterStyle::ssDiamond, perplexity.color(), perplexity.color(), 9});
    m_speed->setPen(speed);
    m_speed->setScatterStyle({QCPScatterStyle::ssCircle, speed.color(), 8});
    m_names->setStyle(textColour(), font());
}

void DialCurve::setRows(std::vector<DialRow> rows) {
    m_rows = std::move(rows);
    std::vector<PointNames::Name> names;
    QVector<double> parameters, perplexities, speeds;
    for (const DialRow& row : m_rows) {
        parameters << row.parameters / 1e6;
        perplexities << row.perplexity;
        speeds << row.tokensPerSecond;
        names.push_back(
            {parameters.back(), row.perplexity,
             QStringLiteral("%1%2").arg(row.active).arg(row.trained ? QStringLiteral("*") : QString())});
    }
    m_names->setNames(std::move(names));
    m_perplexity->setData(parameters, perplexities, true);
    m_speed->setData(parameters, speeds, true);
    plot().rescaleAxes();
    for (auto* axis : {plot().xAxis, plot().yAxis, plot().yAxis2}) {
        axis->scaleRange(axis == plot().xAxis ? 1.3 : 1.6);  // room for the names
        if (m_rows.empty()) axis->setRange(0, 1);
    }
    plot().yAxis2->setRangeLower(0);
    plot().yAxis->setRangeLower(std::max(0.0, plot().yAxis->range().lower));
    setTitle(m_rows.empty() ? tr("Turn the dial to see what fewer and more experts a token give")
                            : tr("Perplexity and speed at each k (*: as trained)"));
    applyStyle();
}

QPointF DialCurve::perplexityPoint(int row) const {
    settle();
    const auto& at = m_rows[static_cast<std::size_t>(row)];
    return {plot().xAxis->coordToPixel(at.parameters / 1e6), plot().yAxis->coordToPixel(at.perplexity)};
}

QPointF DialCurve::speedPoint(int row) const {
    settle();
    const auto& at = m_rows[static_cast<std::size_t>(row)];
    return {plot().xAxis->coordToPixel(at.parameters / 1e6), plot().yAxis2->coordToPixel(at.tokensPerSecond)};
}

Table DialCurve::table() const {
    Table table{{tr("k"), tr("neurons, %"), tr("weights, M"), tr("perplexity"), tr("KL"), tr("tokens/s"),
                 tr("remark")},
                {}};
    for (const DialRow& row : m_rows)
        table.rows.push_back({QString::number(row.active), QString::number(100 * row.share, 'f', 1),
                              QString::number(row.parameters / 1e6, 'f', row.parameters < 1e7 ? 3 : 1),
                              QString::number(row.perplexity, 'f', 2), QString::number(row.kl, 'f', 3),
                              QString::number(row.tokensPerSecond, 'f', 1),
                              row.trained ? tr("as trained") : QString()});
    return table;
}

}  // namespace dotmoe
