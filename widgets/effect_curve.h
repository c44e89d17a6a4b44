// What choices forced by hand change of the next token, layer by layer.
#pragma once

#include "events/token_routing.h"
#include "widgets/plot_widget.h"

class QCPBars;
class QCPGraph;

namespace dotmoe {

/// Bars: KL to the text as routed, on the left axis; points: the largest change of a logit, on the right one.
class EffectCurve : public PlotWidget {
    Q_OBJECT
  public:
    explicit EffectCurve(QWidget* parent = nullptr);

    /// Empty: nothing is forced.
    void setEffect(ForcingEffect effect);
    /// Widget coordinates of the top of a layer's bar.
    QPointF topOf(int layer) const;

    Table table() const override;

  protected:
    void restyle() override;

  private:
    ForcingEffect m_effect;
    QCPBars* m_kl;
    QCPGraph* m_change;
};

}  // namespace dotmoe
