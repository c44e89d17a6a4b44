// Error and load of every layer of a conversion, on given windows.
#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <vector>

#include "experts/expert_set.h"
#include "model/transformer.h"
#include "pipeline/metrics.h"

namespace dotmoe {

/// windows [W, window] int64; `converted` has the weights that the experts share, `dense` those of the
/// source. Errors are measured against the dense layer on the inputs that it has in the dense model, loads on
/// those that the layer has in the converted one, which is where its router works. Greedy gap and random
/// error are not set. on_layer(done) is called after each layer on the calling thread.
std::vector<LayerMetrics> report_layers(const Transformer& dense, const Transformer& converted,
                                        const ExpertSet& experts, const at::Tensor& windows,
                                        const std::function<void(std::int64_t)>& on_layer);

}  // namespace dotmoe
