// How one Sinkhorn solve converges: residuals over its iterations, which can be scrubbed.
#pragma once

#include <memory>

#include "events/snapshot.h"
#include "widgets/plot_widget.h"

class QCPGraph;
class QCPItemStraightLine;

namespace dotmoe {

/// Largest row- and column-sum error, in neurons, on a logarithmic axis. A click, a drag or the arrow keys
/// select an iteration; Escape goes back to the end of the solve.
class SinkhornScope : public PlotWidget {
    Q_OBJECT
  public:
    explicit SinkhornScope(QWidget* parent = nullptr);

    static constexpr double floor = 1e-8;  ///< smaller residuals are drawn here: float32 knows no better

    /// Widget coordinates of a point of the row (or else the column) curve; iterations count from 1.
    QPointF pointOf(int iteration, double residual) const;

    /// Of the solve that is shown; 0 when there is none, or none was needed.
    int iterations() const;
    /// The one selected, from 1; 0 for none.
    int iteration() const { return m_iteration; }

    Table table() const override;

  public slots:
    /// Null empties the view. Ends the selection.
    void setSnapshot(std::shared_ptr<const dotmoe::SinkhornSnapshot> solve);

  signals:
    /// 0: none any more.
    void iterationSelected(int iteration);

  protected:
    void restyle() override;
    void keyPressEvent(QKeyEvent* event) override;

  private:
    void select(int iteration);
    void selectAt(QPoint inPlot);
    void showTitle();
    void hover(QPoint inPlot, QPoint global);

    std::shared_ptr<const SinkhornSnapshot> m_solve;
    QCPGraph* m_row;
    QCPGraph* m_column;
    QCPItemStraightLine* m_cursor;
    int m_iteration = 0;
};

}  // namespace dotmoe
