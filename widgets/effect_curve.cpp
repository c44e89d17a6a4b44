#include "widgets/effect_curve.h"

#include <qcustomplot.h>

#include <algorithm>

#include "widgets/colour_maps.h"
#include "widgets/curve_series.h"
#include "widgets/layer_axis.h"
#include "widgets/routing_access.h"

namespace dotmoe {

EffectCurve::EffectCurve(QWidget* parent)
    : PlotWidget(parent),
      m_kl(new QCPBars(plot().xAxis, plot().yAxis)),
      m_change(plot().addGraph(plot().xAxis, plot().yAxis2)) {
    setAccessibleName(tr("Effect of what is forced"));
    m_kl->setName(tr("KL of the next token (left)"));
    m_kl->setWidth(0.7);
    m_change->setName(tr("largest change of a logit (right)"));
    m_change->setLineStyle(QCPGraph::lsNone);
    asLayerAxis(*plot().xAxis);
    plot().xAxis->setLabel(tr("read out after layer"));
    plot().yAxis->setLabel(tr("KL, nats"));
    plot().yAxis2->setLabel(tr("|Δ logit|"));
    plot().yAxis2->setVisible(true);
    legendAbove(2);
    setMinimumHeight(200);
    applyStyle();
    setEffect({});
}

void EffectCurve::restyle() {
    const QColor points = seriesPen(Series::crossEntropy, isDark(palette())).color();
    m_kl->setPen(Qt::NoPen);
    m_kl->setBrush(QColor(0x00, 0x72, 0xb2));
    m_change->setScatterStyle({QCPScatterStyle::ssDiamond, points, points, 8});
}

void EffectCurve::setEffect(ForcingEffect effect) {
    m_effect = std::move(effect);
    QVector<double> layers;
    for (std::size_t layer = 0; layer < m_effect.kl.size(); ++layer) layers << static_cast<double>(layer);
    const QVector<double> kl(m_effect.kl.begin(), m_effect.kl.end()),
        change(m_effect.logit_change.begin(), m_effect.logit_change.end());
    m_kl->setData(layers, kl, true);
    m_change->setData(layers, change, true);
    const auto top = [](const QVector<double>& values) {
        return 1.15 * std::max(1e-6, values.isEmpty() ? 1 : *std::ranges::max_element(values));
    };
    showLayers(*plot().xAxis, m_effect.kl.size());
    plot().yAxis->setRange(0, top(kl));
    plot().yAxis2->setRange(0, top(change));
    if (m_effect.kl.empty()) return setTitle(tr("Force an expert to see what it changes"));
    const QString next = printable(m_effect.next), forced = printable(m_effect.forced_next);
    setTitle((next == forced ? tr("The next token stays “%1”").arg(next)
                             : tr("The next token becomes “%2” from “%1”").arg(next, forced)) +
             tr(" · KL %1 nats").arg(m_effect.kl.back(), 0, 'g', 3));
}

QPointF EffectCurve::topOf(int layer) const {
    settle();
    return {plot().xAxis->coordToPixel(layer),
            plot().yAxis->coordToPixel(m_effect.kl[static_cast<std::size_t>(layer)])};
}

Table EffectCurve::table() const {
    Table table{{tr("layer"), tr("KL, nats"), tr("largest change of a logit")}, {}};
    for (std::size_t layer = 0; layer < m_effect.kl.size(); ++layer)
        table.rows.push_back(
            {QString::number(layer), csvNumber(m_effect.kl[layer]), csvNumber(m_effect.logit_change[layer])});
    return table;
}

}  // namespace dotmoe
