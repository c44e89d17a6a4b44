// The plan of one layer once more, with neurons that a person pinned or forbade. No torch in this header.
#pragma once

#include <memory>

#include "align/recipe.h"
#include "events/snapshot.h"

namespace dotmoe {

/// Solved from the picture alone, also a recorded one: with P = exp(A/tau + f 1^T + 1 g^T), tau log P is the
/// affinity up to a constant in each row and each column, which no balanced plan with the same sums can gain
/// from. So the answer is that of the affinity itself at the picture's temperature, as exactly as the picture
/// knows P: of a mass that is 0 in it, it is only known that the affinity is lower than any other's of its
/// column and row. Only the constraints of the picture's layer count. Throws UsageError when no plan obeys
/// them.
std::shared_ptr<const PlanSnapshot> solve_again(const PlanSnapshot& plan,
                                                const ConstraintRecipe& constraints);

}  // namespace dotmoe
