// After which step the split of each layer changed no more.
#pragma once

#include <optional>
#include <vector>

#include "widgets/plot_widget.h"

class QCPBars;

namespace dotmoe {

/// Bars over the layers; a layer that settled before the global phase has none and stands at 0.
class SettledBars : public PlotWidget {
    Q_OBJECT
  public:
    explicit SettledBars(QWidget* parent = nullptr);

    struct Settled {
        double step = 0;  ///< global
        QString moment;   ///< in words
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
    QCPBars* m_bars;
};

}  // namespace dotmoe
