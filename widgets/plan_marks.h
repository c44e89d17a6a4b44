// Neurons that a person pinned to a column of a plan, or forbade it: what is drawn over the plan.
#pragma once

#include <QRect>

class QPainter;

namespace dotmoe {

enum class PlanMarking {
    pin,
    forbid,
    free  ///< neither any more
};

struct PlanMark {
    int neuron = 0, column = 0;
    PlanMarking marking = PlanMarking::pin;
    bool operator==(const PlanMark&) const = default;
};

/// A disc for a pin, a cross for a column forbidden, about the cell's centre: large enough to be seen however
/// small the cell is, white on black, so that it shows on every colour.
void drawPlanMark(QPainter& painter, const QRect& cell, PlanMarking marking);

}  // namespace dotmoe
