#include "widgets/settled_bars.h"

#include <qcustomplot.h>

#include <algorithm>

#include "widgets/layer_axis.h"

namespace dotmoe {

SettledBars::SettledBars(QWidget* parent)
    : PlotWidget(parent),
      m_global(new QCPBars(plot().xAxis, plot().yAxis)),
      m_own(new QCPBars(plot().xAxis, plot().yAxis)) {
    setAccessibleName(tr("When each layer settled"));
    for (auto* bars : {m_global, m_own}) bars->setWidth(0.7);
    asLayerAxis(*plot().xAxis);
    plot().yAxis->setTicker(plot().xAxis->ticker());
    plot().yAxis->setSubTicks(false);
    plot().xAxis->setLabel(tr("layer (hatched: a round or step of its own phase)"));
    plot().yAxis->setLabel(tr("step"));
    applyStyle();
    setSettled({});
}

void SettledBars::restyle() {
    const QColor blue(0x00, 0x72, 0xb2);
    m_global->setPen(Qt::NoPen);
    m_global->setBrush(blue);
    m_own->setPen(blue);
    m_own->setBrush(QBrush(blue, Qt::BDiagPattern));
}

void SettledBars::setSettled(std::vector<std::optional<Settled>> settled) {
    m_settled = std::move(settled);
    double highest = 1;
    for (auto* bars : {m_global, m_own}) bars->data()->clear();
    for (std::size_t layer = 0; layer < m_settled.size(); ++layer) {
        const auto& last = m_settled[layer];
        if (!last) continue;
        (last->global ? m_global : m_own)->addData(static_cast<double>(layer), last->step);
        highest = std::max(highest, last->step);
    }
    showLayers(*plot().xAxis, m_settled.size());
    plot().yAxis->setRange(0, 1.1 * highest);
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
    Table table{{tr("layer"), tr("phase"), tr("step"), tr("moment")}, {}};
    for (std::size_t layer = 0; layer < m_settled.size(); ++layer)
        if (const auto& settled = m_settled[layer])
            table.rows.push_back({QString::number(layer), settled->global ? tr("global") : tr("own"),
                                  csvNumber(settled->step), settled->moment});
    return table;
}

}  // namespace dotmoe
