#include "widgets/layer_axis.h"

#include <qcustomplot.h>

#include <algorithm>

namespace dotmoe {

void asLayerAxis(QCPAxis& axis) {
    auto whole = QSharedPointer<QCPAxisTickerFixed>::create();
    whole->setScaleStrategy(QCPAxisTickerFixed::ssMultiples);
    axis.setTicker(whole);
    axis.setSubTicks(false);
    axis.grid()->setVisible(false);
    axis.setLabel(QObject::tr("layer"));
}

void showLayers(QCPAxis& axis, std::size_t layers) {
    axis.setRange(-0.6, std::max(1.0, static_cast<double>(layers)) - 0.4);
}

}  // namespace dotmoe
