// How far a conversion has come: what a checkpoint holds and a resumed run goes on from.
#pragma once

#include <ATen/ATen.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "align/checkpoint.h"
#include "align/projection_fit.h"
#include "experts/expert_set.h"
#include "pipeline/metrics.h"

namespace dotmoe {

struct ConversionState {
    std::vector<LayerExperts> layers;  ///< layer-wise results so far
    std::vector<LayerExperts>
        random_layers;  ///< the random split with the same ridge router, to compare with
    std::vector<LayerMetrics> layer_metrics;
    Metrics stages;          ///< only its qualities and its parent are kept here
    std::int64_t step = 0;   ///< steps of the global phase and of recovery done
    bool distilled = false;  ///< the global phase is over: layers are its result
    std::map<std::string, at::Tensor>
        assignment;  ///< of the phase under way (Assignment::state); empty before the global one
    /// Of the first layers, as recovery's fit has made them so far; empty again once its steps hold them.
    std::vector<Projections> fitted;
    std::map<std::string, at::Tensor> recovery;  ///< FineTuning::state; empty before those steps
    double seconds = 0;                          ///< spent by earlier parts of the run

    Checkpoint to_checkpoint(const std::string& fingerprint) const;
    /// Throws Error when the checkpoint lacks something.
    static ConversionState from_checkpoint(const Checkpoint& checkpoint);
};

}  // namespace dotmoe
