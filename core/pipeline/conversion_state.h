// How far a conversion has come: what a checkpoint holds and a resumed run goes on from.
#pragma once

#include <ATen/ATen.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "align/checkpoint.h"
#include "experts/expert_set.h"
#include "pipeline/metrics.h"

namespace dotmoe {

struct ConversionState {
    /// Layer-wise results so far, and the affinities [N, columns] from which the global phase goes on.
    std::vector<LayerExperts> layers;
    std::vector<at::Tensor> affinity;
    /// The random split with the same ridge router, to compare with.
    std::vector<LayerExperts> random_layers;
    std::vector<LayerMetrics> layer_metrics;
    /// Only its four qualities are kept here.
    Metrics stages;
    /// Global steps done, and Assignment::state after them (empty before the global phase).
    std::int64_t step = 0;
    std::map<std::string, at::Tensor> assignment;
    /// Spent by earlier parts of the run.
    double seconds = 0;

    Checkpoint to_checkpoint(const std::string& fingerprint) const;
    /// Throws Error when the checkpoint lacks something.
    static ConversionState from_checkpoint(const Checkpoint& checkpoint);
};

}  // namespace dotmoe
