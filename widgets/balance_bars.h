// Load of every expert of one layer against an even share.
#pragma once

#include <memory>
#include <vector>

#include "events/snapshot.h"
#include "widgets/plot_widget.h"

class QCPBars;
class QCPGraph;

namespace dotmoe {

/// Bars of tokens an expert got over an even share (1: the line). Experts without a token and those over
/// twice the even share are hatched and counted in the title. A click or the arrow keys choose an expert.
class BalanceBars : public PlotWidget {
    Q_OBJECT
  public:
    explicit BalanceBars(QWidget* parent = nullptr);

    /// Neurons that every token uses and that no router sends anywhere; 0: not mentioned.
    void setSharedNeurons(int neurons);

    /// [E] that no run told of; `when` they were measured stands in the title.
    void setLoads(const std::vector<float>& loads, int layer, const QString& when);
    /// The expert that is outlined; -1: none.
    void setExpert(int expert);
    int expert() const { return m_expert; }

    /// Which run it is of, at the head of the title; empty: not said.
    void setRun(const QString& run);
    /// For where there is little room: the legend is only in the picture for a file.
    void leaveLegendOut();
    /// The axis goes up to this load at least: that of bars to compare these with.
    void reachTo(double load);

    /// The largest load on show; 0 where there is none.
    double highest() const;
    int deadExperts() const;
    int hotExperts() const;
    /// The bar in widget coordinates; of a dead expert the hatched column that stands for it. Empty without
    /// such an expert.
    QRect barRect(int expert) const;
    /// Widget y of a load.
    int yOf(double load) const;

    Table table() const override;

  public slots:
    /// Null, or a layer that the snapshot lacks, empties the view.
    void setLoad(const std::shared_ptr<const dotmoe::LoadSnapshot>& load, int layer);

  signals:
    void expertHovered(int expert, double load);
    void expertChosen(int expert);

  protected:
    void restyle() override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void prepareExport(bool exporting) override;

  private:
    void showLoads();
    double barTop(int expert) const;
    void outline();
    int expertAt(QPoint inPlot) const;
    void hover(QPoint inPlot, QPoint global);

    std::vector<double> m_load;  ///< [E]
    QString m_run, m_when;
    int m_layer = 0;
    int m_sharedNeurons = 0, m_expert = -1;
    double m_reach = 0;
    bool m_legendOut = false;
    QCPBars* m_normal;
    QCPBars* m_hot;
    QCPBars* m_dead;
    QCPBars* m_outlined;
    QCPGraph* m_even;
};

}  // namespace dotmoe
