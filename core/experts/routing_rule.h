// How many logits become experts and weights (METHOD §9). No torch in this header.
#pragma once

namespace dotmoe {

/// R [T, E] marks the chosen experts, W [T, E] weighs them: y = (H * (W M^T)) W_down.
enum class RoutingRule {
    unit,           ///< the k largest logits, W = R (DOT-MoE, Eq. 16)
    renormalised,   ///< the k largest, W = k softmax over them (GShard, GLaM, Mixtral): what stock runtimes
                    ///< compute
    switch_,        ///< the k largest, W = softmax over all E (Switch Transformer, there with k = 1)
    noisy,          ///< renormalised, with N(0, noise^2) added to the logits in training (sparsely-gated MoE)
    expert_choice,  ///< each expert takes the T k / E tokens that want it most, W = R; looks at the whole
                    ///< text
};

struct RoutingOptions {
    RoutingRule rule = RoutingRule::unit;
    double noise = 0.1;  ///< of the noisy rule
    /// Most tokens of an expert, over an even share T k / E: later ones are dropped, as in Switch. 0: no
    /// bound.
    double capacity_factor = 0;

    bool operator==(const RoutingOptions&) const = default;
};

}  // namespace dotmoe
