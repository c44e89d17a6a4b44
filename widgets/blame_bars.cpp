#include "widgets/blame_bars.h"

#include <qcustomplot.h>

#include <algorithm>

#include "widgets/layer_axis.h"
#include "widgets/routing_access.h"

namespace dotmoe {

BlameBars::BlameBars(QWidget* parent)
    : PlotWidget(parent),
      m_others(new QCPBars(plot().xAxis, plot().yAxis)),
      m_culprit(new QCPBars(plot().xAxis, plot().yAxis)),
      m_asItIs(plot().addGraph()) {
    setAccessibleName(tr("Token blame"));
    m_others->setName(tr("with this layer dense"));
    m_culprit->setName(tr("mends most"));
    m_asItIs->setName(tr("as it is"));
    for (auto* bars : {m_others, m_culprit}) bars->setWidth(0.7);
    asLayerAxis(*plot().xAxis);
    plot().yAxis->setLabel(tr("KL, nats"));
    legendAbove(3);
    setMinimumHeight(200);
    applyStyle();
    setBlame({});
}

void BlameBars::restyle() {
    const QColor orange(0xd5, 0x5e, 0x00);
    m_others->setPen(Qt::NoPen);
    m_others->setBrush(QColor(0x00, 0x72, 0xb2));
    m_culprit->setPen(QPen(orange, 0));
    m_culprit->setBrush(QBrush(orange, Qt::BDiagPattern));
    m_asItIs->setPen(QPen(textColour(), 2, Qt::DashLine));
}

int BlameBars::culprit() const {
    if (m_blame.restored.empty()) return -1;
    return static_cast<int>(std::ranges::min_element(m_blame.restored) - m_blame.restored.begin());
}

void BlameBars::setBlame(LayerBlame blame) {
    m_blame = std::move(blame);
    const int best = culprit();
    QVector<double> layers, values;
    for (std::size_t layer = 0; layer < m_blame.restored.size(); ++layer) {
        if (static_cast<int>(layer) == best) continue;
        layers << static_cast<double>(layer);
        values << m_blame.restored[layer];
    }
    m_others->setData(layers, values, true);
    const auto count = m_blame.restored.size();
    showLayers(*plot().xAxis, count);
    if (best < 0) {
        m_culprit->setData({}, {});
        m_asItIs->setData({}, {});
        plot().yAxis->setRange(0, 1);
        return setTitle(tr("Select a token of a finished conversion: which layer, dense, mends it most?"));
    }
    const double lowest = m_blame.restored[static_cast<std::size_t>(best)];
    m_culprit->setData({static_cast<double>(best)}, {lowest});
    m_asItIs->setData({-0.6, static_cast<double>(count) - 0.4}, {m_blame.kl, m_blame.kl}, true);
    plot().yAxis->setRange(0,
                           1.1 * std::max({1e-9, m_blame.kl, *std::ranges::max_element(m_blame.restored)}));
    setTitle(tr("Token %1 “%2”: KL %3 nats; layer %4 dense mends most, to %5")
                 .arg(m_blame.token)
                 .arg(printable(m_blame.text))
                 .arg(m_blame.kl, 0, 'g', 3)
                 .arg(best)
                 .arg(lowest, 0, 'g', 3));
}

QPointF BlameBars::topOf(int layer) const {
    settle();
    return {plot().xAxis->coordToPixel(layer),
            plot().yAxis->coordToPixel(m_blame.restored[static_cast<std::size_t>(layer)])};
}

Table BlameBars::table() const {
    Table table{{tr("layer"), tr("KL with it dense, nats"), tr("KL as it is, nats")}, {}};
    for (std::size_t layer = 0; layer < m_blame.restored.size(); ++layer)
        table.rows.push_back(
            {QString::number(layer), csvNumber(m_blame.restored[layer]), csvNumber(m_blame.kl)});
    return table;
}

}  // namespace dotmoe
