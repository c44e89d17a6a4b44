// The weights of an export under the names of its architecture (FORMATS.md, recipes).
#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <string>
#include <vector>

#include "export/export_plan.h"

namespace dotmoe {

struct ExportTensor {
    std::string name;
    std::vector<std::int64_t> shape;
    bool full_precision;  ///< routers and vectors: F32 whatever the number format
    std::function<at::Tensor()> make;
};

/// All tensors in the order of the layers; each is made when its turn to be written comes. `model` and
/// `experts` must outlive the result.
std::vector<ExportTensor> export_tensors(const Model& model, const ExpertSet& experts,
                                         const ExportPlan& plan);

/// What a tensor is stored as: F32 where full precision is kept; Q8_0, or else F16, where its rows do not
/// divide into the blocks of `numbers`.
gguf::TensorType stored_type(const ExportTensor& tensor, NumberFormat numbers);

}  // namespace dotmoe
