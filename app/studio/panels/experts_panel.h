// Experts tab: load of every expert of the selected layer against an even share.
#pragma once

#include <QWidget>
#include <memory>

#include "events/snapshot.h"

namespace dotmoe {
class BalanceBars;
}

namespace dotmoe::studio {

class ExpertsPanel : public QWidget {
    Q_OBJECT

  public:
    explicit ExpertsPanel(QWidget* parent = nullptr);

    void setLoad(const std::shared_ptr<const LoadSnapshot>& load, int layer);
    void setSharedNeurons(int neurons);

  private:
    BalanceBars* m_bars;
};

}  // namespace dotmoe::studio
