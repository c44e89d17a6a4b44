// The dense weights under training, for the recovery phase: the neurons learn to be experts (METHOD §11).
#pragma once

#include <ATen/ATen.h>

#include <map>
#include <string>

#include "align/leaf_optimizer.h"
#include "align/recipe.h"
#include "model/transformer.h"

namespace dotmoe {

/// Every weight of the layers and the last norm; the embeddings stay, so that both models speak of the same
/// vocabulary. Leaves are fp32.
class FineTuning {
  public:
    FineTuning(const ModelConfig& config, const Weights& start, const RecoverRecipe& recipe);

    /// The model with its weights as they stand, in that format and differentiable in them. Make a new one
    /// after each step.
    Transformer transformer(at::ScalarType format) const;
    /// Without gradient, sharing no memory with the leaves, in the format of `start`.
    Weights weights() const;

    /// LeafOptimizer::step.
    void step(double rate) { optimizer_.step(rate); }

    /// Weights and moments, by the weights' names in a GGUF; shared, not copied.
    std::map<std::string, at::Tensor> state() const;
    /// Throws Error when a tensor is missing or of another shape.
    void restore(const std::map<std::string, at::Tensor>& state);

  private:
    ModelConfig config_;
    Weights weights_;  ///< the leaves among what stays as it was
    LeafOptimizer optimizer_;
};

}  // namespace dotmoe
