// A conversion's cost from the terms and a machine's speed, before anything is measured of the conversion.
#pragma once

#include "pipeline/cost_terms.h"
#include "pipeline/machine_speed.h"

namespace dotmoe {

/// Whatever stands between the model and its conversion by that recipe throws; the recipe as it is converted
/// by.
Recipe recipe_to_convert(const ModelSummary& model, const Recipe& recipe);

CostEstimate predict_cost(const ModelSummary& model, const Recipe& recipe, const CostTerms& terms,
                          const MachineSpeed& machine);

/// Of a conversion that is judged in that format.
WeightBytes weight_bytes(const Compute& compute);

/// Of reading the model and the text: no work that is counted.
inline constexpr double loading_seconds = 3;

}  // namespace dotmoe
