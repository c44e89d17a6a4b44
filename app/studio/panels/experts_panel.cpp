#include "app/studio/panels/experts_panel.h"

#include <QVBoxLayout>

#include "widgets/balance_bars.h"

namespace dotmoe::studio {

ExpertsPanel::ExpertsPanel(QWidget* parent) : QWidget(parent), m_bars(new BalanceBars) {
    m_bars->setObjectName("loads");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->addWidget(m_bars);
}

void ExpertsPanel::setLoad(const std::shared_ptr<const LoadSnapshot>& load, int layer) {
    m_bars->setLoad(load, layer);
}

void ExpertsPanel::setSharedNeurons(int neurons) {
    m_bars->setSharedNeurons(neurons);
}

}  // namespace dotmoe::studio
