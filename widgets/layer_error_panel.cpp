#include "widgets/layer_error_panel.h"

#include <qcustomplot.h>

#include <algorithm>
#include <cmath>

#include "widgets/layer_axis.h"

namespace dotmoe {

LayerErrorPanel::LayerErrorPanel(QCustomPlot& plot)
    : m_rect(new QCPAxisRect(&plot)),
      m_bars(new QCPBars(m_rect->axis(QCPAxis::atBottom), m_rect->axis(QCPAxis::atLeft))) {
    m_bars->setName(QObject::tr("error of each layer"));
    m_bars->setWidth(0.7);
    m_bars->setPen(Qt::NoPen);
    m_bars->setBrush(QColor(0x00, 0x72, 0xb2));
    asLayerAxis(*m_rect->axis(QCPAxis::atBottom));
    m_rect->axis(QCPAxis::atLeft)->setLabel(QObject::tr("relative error"));
    arrange();
}

std::optional<double> LayerErrorPanel::errorOf(int layer) const {
    const auto index = static_cast<std::size_t>(layer);
    if (layer < 0 || index >= m_errors.size() || !(m_errors[index] >= 0)) return std::nullopt;
    return m_errors[index];
}

void LayerErrorPanel::setErrors(std::vector<double> errors) {
    m_errors = std::move(errors);
    arrange();
}

void LayerErrorPanel::setError(int layer, double error) {
    if (layer < 0) return;
    const auto index = static_cast<std::size_t>(layer);
    if (index >= m_errors.size()) m_errors.resize(index + 1, -1);
    m_errors[index] = error;
    arrange();
}

void LayerErrorPanel::arrange() {
    QVector<double> layers, errors;
    for (int layer = 0; layer < static_cast<int>(m_errors.size()); ++layer) {
        const auto error = errorOf(layer);
        if (!error) continue;
        layers.append(layer);
        errors.append(*error);
    }
    m_bars->setData(layers, errors, true);
    showLayers(*m_rect->axis(QCPAxis::atBottom), m_errors.size());
    const double largest = errors.empty() ? 0 : *std::ranges::max_element(errors);
    m_rect->axis(QCPAxis::atLeft)->setRange(0, largest > 0 ? 1.1 * largest : 1);
}

int LayerErrorPanel::layerAt(QPoint inPlot) const {
    if (!m_rect->rect().contains(inPlot)) return -1;
    return static_cast<int>(std::lround(m_rect->axis(QCPAxis::atBottom)->pixelToCoord(inPlot.x())));
}

QPointF LayerErrorPanel::topOfBar(int layer) const {
    return {m_rect->axis(QCPAxis::atBottom)->coordToPixel(layer),
            m_rect->axis(QCPAxis::atLeft)->coordToPixel(errorOf(layer).value_or(0))};
}

}  // namespace dotmoe
