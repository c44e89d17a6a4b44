// The FFN weights of a layer in the order of their experts, so that an expert is read in one sweep.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

#include "model/panels.h"
#include "model/weights.h"

namespace dotmoe {

/// Neurons in the order of their columns (shared first), cut into units of kNeurons; gate, up and down
/// weights of a unit are one contiguous block. An expert is a run of units; experts that are no multiple of a
/// unit share some.
class ExpertBlocks {
  public:
    static constexpr std::int64_t kNeurons = 16;

    /// Units of the same columns, [first_column, end_column): the same tokens need them.
    struct Span {
        std::int64_t first_unit, units, first_column, end_column;
    };

    /// owner [N] int64: column of each neuron.
    ExpertBlocks(const LayerWeights& layer, const at::Tensor& owner, WeightFormat format);

    const std::vector<Span>& spans() const { return spans_; }
    /// Column of each neuron of a unit, [kNeurons].
    const std::int64_t* columns(std::int64_t unit) const { return columns_.data() + unit * kNeurons; }

    /// One panel: the unit's rows of W_gate, then those of W_up, depth D.
    Panels gate_up(std::int64_t unit) const;
    /// Its columns of W_down, depth kNeurons, D outputs filled up to whole panels.
    Panels down(std::int64_t unit) const;

    /// Asks the memory for the beginning of a unit that is computed next, as far as the loops over it look
    /// ahead.
    void fetch(std::int64_t unit) const;

    std::int64_t bytes() const { return static_cast<std::int64_t>(blocks_.nbytes()); }

  private:
    void find_spans();

    WeightFormat format_;
    std::int64_t width_;
    at::Tensor blocks_;                  // [units, what a unit holds in the format]
    std::vector<std::int64_t> columns_;  // [units * kNeurons]
    std::vector<Span> spans_;
};

}  // namespace dotmoe
