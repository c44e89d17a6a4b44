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
/// twice the even share are hatched and counted in the title.
class BalanceBars : public PlotWidget {
    Q_OBJECT
  public:
    explicit BalanceBars(QWidget* parent = nullptr);

    static constexpr double hotFrom = 2;  ///< times the even share

    /// Neurons that every token uses and that no router sends anywhere; 0: not mentioned.
    void setSharedNeurons(int neurons);

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

  protected:
    void restyle() override;
    void prepareExport(bool exporting) override;

  private:
    void showLoads();
    void hover(QPoint inPlot, QPoint global);

    std::vector<double> m_load;  ///< [E]
    QString m_run, m_when;
    int m_layer = 0;
    int m_sharedNeurons = 0;
    double m_reach = 0;
    bool m_legendOut = false;
    QCPBars* m_normal;
    QCPBars* m_hot;
    QCPBars* m_dead;
    QCPGraph* m_even;
};

}  // namespace dotmoe
