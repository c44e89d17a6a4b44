// Transport tab: the plan of the selected layer, beside it the one with the neurons that are held by hand,
// and how its Sinkhorn solve converges.
#pragma once

#include <QWidget>
#include <array>
#include <memory>

#include "align/recipe.h"
#include "app/studio/latest_job.h"
#include "events/snapshot.h"
#include "widgets/plan_marks.h"

class QAction;
class QLabel;

namespace dotmoe {
class PlanHeatmap;
class SinkhornScope;
}  // namespace dotmoe

namespace dotmoe::studio {

class Pins;

class TransportPanel : public QWidget {
    Q_OBJECT

  public:
    explicit TransportPanel(QWidget* parent = nullptr);

    void setPlan(const std::shared_ptr<const PlanSnapshot>& plan);
    void setSolve(const std::shared_ptr<const SinkhornSnapshot>& solve);
    /// Marked in the plan, and obeyed when it is solved again.
    void setPins(const Pins& pins);
    QAction* solveAgain() const { return m_solveAgain; }
    /// Soft, hard, difference: checkable, one of them checked.
    const std::array<QAction*, 3>& modes() const { return m_modes; }

  signals:
    void markWanted(const dotmoe::NeuronPlace& place, dotmoe::PlanMarking marking);

  private:
    void wirePlans();
    void showMarks();
    /// The plan with the pins beside the other, or away with it.
    void solve(bool wanted);
    void showSolved(const std::shared_ptr<const PlanSnapshot>& plan);
    /// The plan in the middle of its solve, or at its end for 0.
    void showIteration(int iteration);
    void showCell(int neuron, int column, double mass, double margin);

    PlanHeatmap *m_heatmap, *m_solved;
    QAction* m_solveAgain;
    const Pins* m_pins = nullptr;
    LatestJob m_solver;
    SinkhornScope* m_scope;
    QLabel* m_gaps;
    QLabel* m_cell;
    QLabel* m_moved;  ///< by solving again
    std::array<QAction*, 3> m_modes{};
    std::shared_ptr<const PlanSnapshot> m_plan;
    std::shared_ptr<const SinkhornSnapshot> m_solve;
};

}  // namespace dotmoe::studio
