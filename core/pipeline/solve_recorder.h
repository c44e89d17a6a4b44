// One Sinkhorn solve as its observer sees it, kept for the picture of it.
#pragma once

#include <memory>
#include <vector>

#include "events/snapshot.h"
#include "pipeline/snapshots.h"
#include "transport/sinkhorn.h"

namespace dotmoe {

class SolveRecorder {
  public:
    /// To hand to the solves; it writes into this recorder, which must live as long.
    SinkhornObserver observer();
    /// Of problem `entry` of the batch that was solved since the last clear().
    std::shared_ptr<const SinkhornSnapshot> snapshot(const SnapshotPlace& place, std::int64_t entry,
                                                     bool converged) const;
    void clear();

  private:
    std::vector<SinkhornIteration> iterations_;
    std::vector<at::Tensor> g_;  ///< [batch, columns] after each
};

}  // namespace dotmoe
