// config.json of an export as its stock architecture reads it. Part of the reader that judges exports: it
// shares no code with the writer, so that a wrong name or number can't agree with itself.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace dotmoe {

/// In what order the architecture picks experts and weighs them.
enum class Gating {
    softmax_then_top_k,  ///< Mixtral: softmax over all E, top-k, renormalised
    top_k_then_softmax   ///< GraniteMoeShared: top-k of the logits, softmax over the selected
};

/// Field names follow config.json; defaults are those of transformers' configuration classes.
struct StockConfig {
    std::string architecture;
    Gating gating = Gating::softmax_then_top_k;
    std::int64_t vocabulary = 0, width = 0, expert_neurons = 0, shared_neurons = 0, layers = 0;
    std::int64_t heads = 0, kv_heads = 0, head_width = 0;
    std::int64_t experts = 0, active = 0;
    double rope_base = 0, norm_epsilon = 0;
    double attention_multiplier = 0, embedding_multiplier = 1, residual_multiplier = 1, logits_scaling = 1;
    bool tied_embeddings = false;
};

/// Untrusted input. Throws Error naming the file and the key when one is missing, of a wrong kind or out of
/// range, when the architecture is none of the two, or when it asks for something this reader does not do
/// (RoPE scaling, biases, ...).
StockConfig read_stock_config(const std::filesystem::path& file);

}  // namespace dotmoe
