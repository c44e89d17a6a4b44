// What active parameters buy: every conversion of a sweep at every k, and those that no other beats.
#pragma once

#include <optional>
#include <vector>

#include "widgets/plot_widget.h"

class QCPGraph;

namespace dotmoe {

class PointNames;

struct ParetoPoint {
    int experts = 0, trained = 0, shared = 0;  ///< E, the k that the conversion was made for, S
    int active = 0;                            ///< k that it was judged at
    double share = 0;                          ///< active FFN neurons
    double parameters = 0;                     ///< active ones
    double perplexity = 0, kl = 0, top1 = 0;
    bool front = false;  ///< no other has as few parameters and as low a perplexity

    /// "E:k:S", with a star where k is the trained one.
    QString name() const;
};

struct Pareto {
    double denseParameters = 0, densePerplexity = 0;
    std::vector<ParetoPoint> points;  ///< by active parameters, ascending
};

/// Perplexity over active parameters. The front is a line of steps: below it lies what no conversion reaches.
/// An axis is logarithmic where its values span a decade. A name stands where there is room; the tooltip of a
/// point has all of it.
class ParetoPlot : public PlotWidget {
    Q_OBJECT
  public:
    explicit ParetoPlot(QWidget* parent = nullptr);

    void setPareto(Pareto pareto);
    /// Rings a point; none: -1.
    void setCurrent(int point);
    int current() const { return m_current; }
    bool isLogarithmic() const;  ///< the axis of perplexity
    /// Widget coordinates.
    QPointF pointAt(int point) const;
    QPointF densePoint() const;

    Table table() const override;

  signals:
    void pointChosen(int point);

  protected:
    void restyle() override;

  private:
    void fitAxes();
    std::optional<int> nearest(QPointF inPlot) const;
    void hover(QPoint inPlot, QPoint global);

    Pareto m_pareto;
    int m_current = -1;
    QCPGraph *m_front, *m_others, *m_dense, *m_ring;
    PointNames* m_names;
};

}  // namespace dotmoe
