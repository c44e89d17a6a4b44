// Shape of a dense decoder. No torch in this header.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dotmoe {

/// Of the family of Llama: RMSNorm, rotary grouped-query attention, a gated FFN. What sets a family apart is
/// a field here, never its name.
struct ModelConfig {
    std::string architecture;  ///< as GGUF names it: "llama" (also SmolLM, Mistral), "qwen2", "qwen3"
    std::int64_t layers = 0;   ///< L
    std::int64_t width = 0;    ///< D
    std::int64_t neurons = 0;  ///< N, d_ff
    std::int64_t heads = 0, kv_heads = 0, head_width = 0;
    std::int64_t vocabulary = 0;  ///< V
    std::int64_t context = 0;     ///< longest sequence the model was trained for
    double rope_base = 10000, norm_epsilon = 1e-5;
    bool tied_embeddings = false;  ///< output projection is the embedding

    bool qkv_bias = false;  ///< Qwen2: queries, keys and values have a bias
    bool qk_norm = false;   ///< Qwen3: RMSNorm of each head's query and key, before the rotation
    /// RoPE scaling: each frequency is divided by its own, [head_width/2]; empty: as they are.
    std::vector<double> rope_divisors = {};
    /// Positions that a layer's query sees, its own among them, [L], 0: all; empty: all, in every layer.
    std::vector<std::int64_t> windows = {};

    std::int64_t window(std::int64_t layer) const {
        return windows.empty() ? 0 : windows[static_cast<std::size_t>(layer)];
    }
};

}  // namespace dotmoe
