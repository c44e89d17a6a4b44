// Answers to what a person asks of the routers: plain numbers, as snapshots are.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dotmoe {

/// One token and all experts, in every layer.
struct TokenRouting {
    int token = 0;     ///< of the text
    std::string text;  ///< of the token; bytes that are no UTF-8 as U+FFFD
    int layers = 0, experts = 0;
    std::vector<float> logit;         ///< [L, E]; 0 where the layer is still dense
    std::vector<std::uint8_t> on;     ///< [L, E] 1: the token uses the expert; all of a dense layer
    std::vector<std::uint8_t> dense;  ///< [L] 1: the layer is still dense
};

/// What choices forced by hand change of the token that follows the text.
struct ForcingEffect {
    /// [L] KL(as routed || as forced) in nats of the next token, read out after each layer (the logit lens);
    /// the last is the model's own.
    std::vector<double> kl;
    std::vector<double> logit_change;  ///< [L] the largest absolute one, likewise
    std::string next, forced_next;     ///< the likeliest token without and with them
};

/// Which layer a token owes its distance from the dense model to.
struct LayerBlame {
    int token = 0;                 ///< of the text
    std::string text;              ///< of the token
    double kl = 0;                 ///< KL(dense || converted) in nats of the token that follows it
    std::vector<double> restored;  ///< [L] the same with all experts of one layer on, for the whole text
};

}  // namespace dotmoe
