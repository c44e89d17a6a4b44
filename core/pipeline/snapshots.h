// Tensors of a run made into the plain pictures of events/snapshot.h.
#pragma once

#include <ATen/ATen.h>

#include <memory>
#include <optional>

#include "events/snapshot.h"
#include "experts/layout.h"
#include "transport/rounding.h"

namespace dotmoe {

/// Where and when a picture was taken.
struct SnapshotPlace {
    Stage stage = Stage::layerwise;
    std::int64_t step = 0;
    int layer = 0;
    double temperature = 0;
};

struct LayerPlan {
    at::Tensor soft, affinity;  ///< [N, columns]
    ExactPlan hard;
    std::optional<at::Tensor> allowed = std::nullopt;  ///< [N, columns] bool, where there are constraints
};
std::shared_ptr<const PlanSnapshot> plan_snapshot(const SnapshotPlace& place, const Layout& layout,
                                                  const LayerPlan& plan);

/// load [layers, E] for layers first_layer...
std::shared_ptr<const LoadSnapshot> load_snapshot(Stage stage, std::int64_t step, int first_layer,
                                                  const at::Tensor& load);

}  // namespace dotmoe
