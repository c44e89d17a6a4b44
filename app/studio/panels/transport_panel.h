// Transport tab: the plan of the selected layer, and how its Sinkhorn solve converges.
#pragma once

#include <QWidget>
#include <array>
#include <memory>

#include "events/snapshot.h"

class QAction;
class QLabel;

namespace dotmoe {
class PlanHeatmap;
class SinkhornScope;
}  // namespace dotmoe

namespace dotmoe::studio {

class TransportPanel : public QWidget {
    Q_OBJECT

  public:
    explicit TransportPanel(QWidget* parent = nullptr);

    void setPlan(const std::shared_ptr<const PlanSnapshot>& plan);
    void setSolve(const std::shared_ptr<const SinkhornSnapshot>& solve);
    /// Soft, hard, difference: checkable, one of them checked.
    const std::array<QAction*, 3>& modes() const { return m_modes; }

  private:
    /// The plan in the middle of its solve, or at its end for 0.
    void showIteration(int iteration);
    void showCell(int neuron, int column, double mass, double margin);

    PlanHeatmap* m_heatmap;
    SinkhornScope* m_scope;
    QLabel* m_gaps;
    QLabel* m_cell;
    std::array<QAction*, 3> m_modes{};
    std::shared_ptr<const PlanSnapshot> m_plan;
    std::shared_ptr<const SinkhornSnapshot> m_solve;
};

}  // namespace dotmoe::studio
