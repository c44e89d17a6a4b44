// How fast this machine is at what a conversion consists of.
#pragma once

#include "base/compute.h"
#include "model/config.h"
#include "pipeline/cost_terms.h"

namespace dotmoe {

struct MachineSpeed {
    double judged_flops_per_second = 0, aligned_flops_per_second = 0, bytes_per_second = 0;

    double seconds(const Work& work) const;
};

/// Short measurements, of the sizes that a conversion of this model uses.
MachineSpeed measure_machine(const ModelConfig& config, const Compute& compute);

}  // namespace dotmoe
