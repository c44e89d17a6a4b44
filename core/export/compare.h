// The self-check of FORMATS.md: an export's own arithmetic against the conversion and the dense model.
#pragma once

#include <functional>

#include "experts/expert_set.h"
#include "export/receipt.h"
#include "export/stock_model.h"
#include "model/load.h"

namespace dotmoe {

/// Throws Error naming the file when the export is of another shape than the conversion. Five forward passes
/// on sample_tokens(), fp32 on the CPU; three more where its numbers are not F32. `before_pass` is called
/// before each: it may throw to stop.
///
/// (a) runs the export with every expert on and silent routers (StockModel::all_experts). That sums all
/// neurons, whoever owns them: it proves every weight, but neither who owns which neuron nor the routers. (b)
/// forces the conversion to the export's routes: it proves the ownership. (c) asks, on the residual stream of
/// (b), what the conversion would have chosen itself: it proves the routers.
///
/// Numbers that are not F32 move logits and flip routes by themselves. How far is measured on the conversion,
/// its weights rounded to the same format (rounding.h), and stands in `figures.rounding`.
ExportFigures compare_export(const StockModel& exported, const Model& dense, const ExpertSet& experts,
                             const std::function<void()>& before_pass);

}  // namespace dotmoe
