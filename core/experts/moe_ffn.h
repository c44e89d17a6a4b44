// The FFN of a layer as the CPU runtime computes it: each token costs the blocks of its own experts.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "experts/expert_blocks.h"
#include "experts/expert_set.h"
#include "experts/forcing.h"
#include "model/packed_matrix.h"

namespace dotmoe {

class MoeFeedForward {
  public:
    /// A dense layer: one column, which every token uses.
    MoeFeedForward(const LayerWeights& layer, WeightFormat format);
    MoeFeedForward(const LayerWeights& layer, const LayerExperts& experts, const Layout& layout,
                   WeightFormat format);

    /// x [T, D] -> y [T, D], contiguous fp32, on all threads; T the rows of all `texts`, one below the other,
    /// each routed by itself. A text of several calls is routed call by call.
    /// `forcings` change the router's choice for rows of x (experts/forced_weights.h).
    void operator()(const float* x, const std::vector<std::int64_t>& texts, float* y,
                    const std::vector<Forcing>& forcings = {}) const;

    /// Weights that one token reads, its share of the router's among them.
    std::int64_t bytes_per_token() const;

  private:
    struct Work;
    struct Unit;

    at::Tensor weights_of_columns(const float* x, const std::vector<std::int64_t>& texts,
                                  const std::vector<Forcing>& forcings) const;
    std::vector<Work> plan(const float* weights, std::int64_t tokens) const;
    void add_tokens(const float* x, const float* weights, std::int64_t tokens, float* y) const;
    struct Inputs;
    Inputs inputs_of(const float* x, std::int64_t tokens) const;
    void add_unit(std::int64_t unit, const std::vector<std::int32_t>& tokens, const Inputs& inputs,
                  const float* weights, float* y) const;

    Layout layout_;
    Activation activation_;
    ExpertBlocks blocks_;
    std::optional<PackedMatrix> router_;  ///< none: dense
    std::int64_t neurons_, width_, row_;  ///< N, D, and D in whole panels
};

}  // namespace dotmoe
