// Neurons that the user holds in an expert or keeps out of one: kept for the next conversion, undoable.
#pragma once

#include <QObject>
#include <QUndoStack>
#include <vector>

#include "align/recipe.h"
#include "widgets/plan_marks.h"

namespace dotmoe::studio {

class Pins : public QObject {
    Q_OBJECT

  public:
    explicit Pins(QObject* parent = nullptr);

    const ConstraintRecipe& constraints() const { return m_constraints; }
    /// Of one layer, as columns of its plan.
    std::vector<PlanMark> marks(int layer, bool sharedColumn) const;
    QUndoStack& history() { return m_history; }

    /// A pin takes the place of the neuron's earlier one, and of a ban from the same expert; a ban takes that
    /// of a pin to it. What changes nothing is no step of the history.
    void mark(const NeuronPlace& place, PlanMarking marking);
    /// Another model: nothing is held, and there is nothing to undo.
    void forget();

  signals:
    void changed();

  private:
    class Change;
    void set(const ConstraintRecipe& constraints);

    ConstraintRecipe m_constraints;
    QUndoStack m_history;
};

}  // namespace dotmoe::studio
