// AdamW over named leaves, whose moments a checkpoint can hold.
#pragma once

#include <ATen/ATen.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace dotmoe {

/// A tensor under training: a leaf of its own memory, which the optimizer writes into.
struct TrainedLeaf {
    std::string name;  ///< its key in a checkpoint
    at::Tensor value;
    double rate = 0;  ///< learning rate before the schedule
};

/// fp32 copy of `values` to train.
at::Tensor new_leaf(const at::Tensor& values, bool trained = true);

/// Copies a checkpoint's tensor into `into`. Throws Error when it is missing or of another shape.
void restore_tensor(const at::Tensor& into, const std::map<std::string, at::Tensor>& state,
                    const std::string& name);

class LeafOptimizer {
  public:
    /// betas 0.9 and 0.95 (METHOD §6); `clip` bounds the norm of all gradients together.
    LeafOptimizer(std::vector<TrainedLeaf> leaves, double weight_decay, double clip);
    ~LeafOptimizer();
    LeafOptimizer(LeafOptimizer&&) noexcept;

    /// Clips, scales the learning rates by `rate` (the schedule), does one AdamW step and clears the
    /// gradients.
    void step(double rate);

    /// Adds NAME.exp_avg, NAME.exp_avg_sq and NAME.step of every leaf; the tensors are shared, not copied.
    void save(std::map<std::string, at::Tensor>& state) const;
    /// Throws Error when a tensor is missing or of another shape.
    void restore(const std::map<std::string, at::Tensor>& state);

  private:
    struct Impl;
    std::vector<TrainedLeaf> leaves_;
    double clip_;
    std::unique_ptr<Impl> impl_;
};

}  // namespace dotmoe
