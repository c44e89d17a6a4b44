// Shape of a dense decoder. No torch in this header.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace dotmoe {

/// Of an FFN's gate: act of H = act(X W_gate) * (X W_up) (METHOD §1).
enum class Activation {
    silu,      ///< x sigma(x)
    gelu_tanh  ///< x sigma(2 sqrt(2 / pi) (x + 0.044715 x^3)): GELU (arXiv 1606.08415), with its tanh
};

/// Of the family of Llama: RMSNorm, rotary grouped-query attention, a gated FFN. What sets a family apart is
/// a field here, never its name.
struct ModelConfig {
    std::string architecture;  ///< as GGUF names it: "llama" (also SmolLM, Mistral), "qwen2", "qwen3",
                               ///< "gemma3"
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

    // Gemma 3.
    Activation activation = Activation::silu;
    bool post_norms = false;                 ///< RMSNorm of what attention and FFN add, too
    double embedding_scale = 1;              ///< factor on the embedding where it is read, not in a tied head
    std::optional<double> score_scale = {};  ///< factor on q k^T; none: 1 / sqrt(head_width)
    std::optional<double> window_rope_base = {};  ///< of the layers with a window, without the divisors

    std::int64_t window(std::int64_t layer) const {
        return windows.empty() ? 0 : windows[static_cast<std::size_t>(layer)];
    }
    double attention_scale() const {
        return score_scale.value_or(1 / std::sqrt(static_cast<double>(head_width)));
    }
};

}  // namespace dotmoe
