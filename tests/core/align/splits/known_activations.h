// A layer whose activations are what a test says.
#pragma once

#include <ATen/ATen.h>

#include "align/activations.h"
#include "model/weights.h"

namespace dotmoe::test {

/// H [T, N] as given: token t is the unit vector e_t, every gate is `open`, up holds H over silu(open).
/// `down_norm` [N] is |W_down,i|.
struct KnownActivations {
    KnownActivations(const at::Tensor& h, const at::Tensor& down_norm) : inputs(at::eye(h.size(0))) {
        constexpr double open = 10;
        const auto tokens = h.size(0), neurons = h.size(1);
        weights.gate = at::full({neurons, tokens}, open);
        weights.up = h.t() / at::silu(at::full({}, open));
        weights.down = at::zeros({tokens, neurons});
        weights.down[0] = down_norm;
    }
    explicit KnownActivations(const at::Tensor& h) : KnownActivations(h, at::ones({h.size(1)})) {}

    NeuronEnergies energies() const { return {inputs, weights}; }

    at::Tensor inputs;  ///< X [T, D], D = T
    LayerWeights weights;
};

/// Whether two owners [N] group the same neurons, whatever the groups are called.
inline bool same_groups(const at::Tensor& a, const at::Tensor& b) {
    const auto together = [](const at::Tensor& owner) { return owner.unsqueeze(0) == owner.unsqueeze(1); };
    return at::equal(together(a), together(b));
}

}  // namespace dotmoe::test
