#include "widgets/settled_bars.h"

#include <qcustomplot.h>

#include <algorithm>

#include "widgets/layer_axis.h"

namespace dotmoe {

SettledBars::SettledBars(QWidget* parent)
    : PlotWidget(parent), m_bars(new QCPBars(plot().xAxis, plot().yAxis)) {
    setAccessibleName(tr("When each layer settled"));
    m_bars->setName(tr("last change"));
    m_bars->setWidth(0.7);
    asLayerAxis(*plot().xAxis);
    plot().yAxis->setTicker(plot().xAxis->ticker());
    plot().yAxis->setSubTicks(false);
    plot().yAxis->setLabel(tr("step (0: before)"));
    applyStyle();
    setSettled({});
}

void SettledBars::restyle() {
    m_bars->setPen(Qt::NoPen);
    m_bars->setBrush(QColor(0x00, 0x72, 0xb2));
}

void SettledBars::setSettled(std::vector<std::optional<Settled>> settled) {
    m_settled = std::move(settled);
    QVector<double> layers, steps;
    for (std::size_t layer = 0; layer < m_settled.size(); ++layer) {
        if (!m_settled[layer]) continue;
        layers << static_cast<double>(layer);
        steps << m_settled[layer]->step;
    }
    m_bars->setData(layers, steps, true);
    showLayers(*plot().xAxis, m_settled.size());
    plot().yAxis->setRange(0, 1.1 * std::max(1.0, steps.isEmpty() ? 0 : *std::ranges::max_element(steps)));
    showTitle();
}

void SettledBars::setLayer(int layer) {
    m_layer = layer;
    showTitle();
}

void SettledBars::showTitle() {
    const auto index = static_cast<std::size_t>(m_layer);
    if (m_layer < 0 || index >= m_settled.size() || !m_settled[index])
        return setTitle(tr("No layer has settled yet"));
    setTitle(tr("The split changed last at each layer's bar · layer %1: %2")
                 .arg(m_layer)
                 .arg(m_settled[index]->moment));
}

QPointF SettledBars::topOf(int layer) const {
    settle();
    const auto& settled = m_settled[static_cast<std::size_t>(layer)];
    return {plot().xAxis->coordToPixel(layer), plot().yAxis->coordToPixel(settled ? settled->step : 0)};
}

Table SettledBars::table() const {
    Table table{{tr("layer"), tr("global step"), tr("moment")}, {}};
    for (std::size_t layer = 0; layer < m_settled.size(); ++layer)
        if (const auto& settled = m_settled[layer])
            table.rows.push_back({QString::number(layer), csvNumber(settled->step), settled->moment});
    return table;
}

}  // namespace dotmoe
