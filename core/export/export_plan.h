// What an export will be, decided before a byte is written: architecture and router factors (FORMATS.md).
#pragma once

#include <string>
#include <vector>

#include "experts/expert_set.h"
#include "export/architecture.h"
#include "model/load.h"

namespace dotmoe {

struct ExportPlan {
    const Architecture* architecture = nullptr;
    std::string reason;  ///< why this one
    Layout layout;
    std::vector<double> router_factor;  ///< f of each layer [L], powers of two
    bool exact = false;  ///< the architecture weighs the selected experts as the conversion does
    NumberFormat numbers = NumberFormat::f32;
    std::int64_t shard_bytes = 0;  ///< largest safetensors file, but for single tensors that are larger
};

/// The architecture that is asked for, or the first of its format that holds the conversion exactly, else the
/// first that holds it at all. The renormalised rule (and noisy, which is the same outside of training) is
/// what every architecture computes: f = 1. For unit weights the factor is as RouterScale says, but where the
/// softmax comes first (and in all that is portable) two cases are exact too: with k = E there is no choice
/// to spoil, f = 2^-40; with k = 1 the weight is 1 whatever the router says, f = 1. Throws Error when no
/// stock architecture has the routing rule, when a layer is still dense, when the experts do not fit the
/// model, or when the architecture can't hold it; UsageError when there is no such architecture or number
/// format.
ExportPlan plan_export(const Model& model, const ExpertSet& experts, const ExportRequest& request);

/// Standard deviation of each layer's router logits around their mean over the experts (a common offset
/// cancels in a softmax), of the converted model on sample_tokens() [L].
std::vector<double> router_spread(const Model& model, const ExpertSet& experts);

}  // namespace dotmoe
