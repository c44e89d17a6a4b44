// The weights of an export under the names of its architecture (FORMATS.md, recipes).
#pragma once

#include <vector>

#include "export/export_plan.h"
#include "formats/safetensors.h"

namespace dotmoe {

/// All tensors of model.safetensors, fp32, in the order of the layers; each is made when its turn to be
/// written comes. `model` and `experts` must outlive the result.
std::vector<safetensors::TensorToWrite> stock_tensors(const Model& model, const ExpertSet& experts,
                                                      const ExportPlan& plan);

}  // namespace dotmoe
