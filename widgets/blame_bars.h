// Token blame: how far a token would be from the dense model if one layer were dense.
#pragma once

#include "events/token_routing.h"
#include "widgets/plot_widget.h"

class QCPBars;
class QCPGraph;

namespace dotmoe {

/// A bar for each layer, the KL with that layer restored; a line, the KL as it is. The layer that mends most
/// is hatched.
class BlameBars : public PlotWidget {
    Q_OBJECT
  public:
    explicit BlameBars(QWidget* parent = nullptr);

    /// Without layers: none is known yet.
    void setBlame(LayerBlame blame);
    /// Of the lowest bar; -1 without any.
    int culprit() const;
    /// Widget coordinates of the top of a layer's bar.
    QPointF topOf(int layer) const;

    Table table() const override;

  protected:
    void restyle() override;

  private:
    LayerBlame m_blame;
    QCPBars *m_others, *m_culprit;
    QCPGraph* m_asItIs;
};

}  // namespace dotmoe
