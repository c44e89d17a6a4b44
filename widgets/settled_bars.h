// After which step the split of each layer changed no more.
#pragma once

#include <optional>
#include <vector>

#include "widgets/plot_widget.h"

class QCPBars;

namespace dotmoe {

/// Bars over the layers: full ones up to a global step; hatched ones up to a round or step of the layer's own
/// phase, of layers that settled before the global one.
class SettledBars : public PlotWidget {
    Q_OBJECT
  public:
    explicit SettledBars(QWidget* parent = nullptr);

    struct Settled {
        double step = 0;      ///< of its phase, from 1
        bool global = false;  ///< which phase
        QString moment;       ///< in words
    };
    /// Index is the layer; none: it has no plan.
    void setSettled(std::vector<std::optional<Settled>> settled);
    void setLayer(int layer);
    /// Widget coordinates of the top of a layer's bar.
    QPointF topOf(int layer) const;

    Table table() const override;

  protected:
    void restyle() override;

  private:
    void showTitle();

    std::vector<std::optional<Settled>> m_settled;
    int m_layer = -1;
    QCPBars *m_global, *m_own;
};

}  // namespace dotmoe
