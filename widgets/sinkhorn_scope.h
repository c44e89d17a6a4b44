// How one Sinkhorn solve converges: residuals over its iterations.
#pragma once

#include <memory>

#include "events/snapshot.h"
#include "widgets/plot_widget.h"

class QCPGraph;

namespace dotmoe {

/// Largest row- and column-sum error, in neurons, on a logarithmic axis.
class SinkhornScope : public PlotWidget {
    Q_OBJECT
  public:
    explicit SinkhornScope(QWidget* parent = nullptr);

    static constexpr double floor = 1e-8;  ///< smaller residuals are drawn here: float32 knows no better

    /// Widget coordinates of a point of the row (or else the column) curve; iterations count from 1.
    QPointF pointOf(int iteration, double residual) const;

  public slots:
    /// Null empties the view.
    void setSnapshot(std::shared_ptr<const dotmoe::SinkhornSnapshot> solve);

  protected:
    void restyle() override;

  private:
    void hover(QPoint inPlot, QPoint global);

    std::shared_ptr<const SinkhornSnapshot> m_solve;
    QCPGraph* m_row;
    QCPGraph* m_column;
};

}  // namespace dotmoe
