// The configuration of an export as its stock architecture reads it. Part of the reader that judges exports:
// it shares no code with the writer, so that a wrong name or number can't agree with itself.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "formats/gguf.h"

namespace dotmoe {

/// In what order the architecture picks experts and weighs them.
enum class Gating {
    softmax_then_top_k,  ///< Mixtral, Qwen2Moe: softmax over all E, top-k, renormalised
    sigmoid_then_top_k,  ///< Glm4Moe: the same with a sigmoid of each
    top_k_then_softmax   ///< GraniteMoeShared, glm4moe: top-k of the logits, softmax over the selected
};

/// Whose tensor names.
enum class StockNaming { mixtral, granite, qwen2_moe, qwen3_moe, glm4_moe, gguf, gguf_glm4 };

/// Field names follow config.json; defaults are those of the runtimes.
struct StockConfig {
    std::string architecture;
    StockNaming naming = StockNaming::mixtral;
    Gating gating = Gating::softmax_then_top_k;
    std::int64_t vocabulary = 0, width = 0, expert_neurons = 0, shared_neurons = 0, layers = 0;
    std::int64_t heads = 0, kv_heads = 0, head_width = 0;
    std::int64_t experts = 0, active = 0;
    double rope_base = 0, norm_epsilon = 0;
    std::vector<double> rope_divisors = {};  ///< of RoPE's frequencies, [head_width / 2]; empty: 1
    bool rope_factors = false;               ///< the file has a tensor of such divisors
    std::int64_t window = 0;                 ///< positions that a query sees, its own among them; 0: all
    double attention_multiplier = 0, embedding_multiplier = 1, residual_multiplier = 1, logits_scaling = 1;
    double routed_scale = 1;            ///< factor on the experts' weights
    bool interleaved_rotary = false;    ///< neighbours turn together, not the halves of a head
    bool selection_bias = false;        ///< a vector [E] is added to the logits for the choice
    bool shared_gate = false;           ///< the shared expert counts by a sigmoid of its gate [1, D]
    bool whole_shared_experts = false;  ///< the shared are multiples of an expert, filled up by zeros
    bool attention_bias = false;        ///< of queries, keys and values
    bool output_bias = false;           ///< of attention's output projection
    bool qk_norm = false;               ///< RMSNorm of each head's query and key
    bool tied_embeddings = false;
};

/// config.json. Untrusted input. Throws Error naming the file and the key when one is missing, of a wrong
/// kind or out of range, when the architecture is none that is known here, or when it asks for something this
/// reader does not do (another RoPE scaling, biases, ...).
StockConfig read_stock_config(const std::filesystem::path& file);

/// The metadata of a GGUF, as llama.cpp reads them (src/llama-model.cpp, load_hparams). Throws Error
/// likewise.
StockConfig read_stock_config(const gguf::File& file);

/// Throws Error naming `where` when the counts can't belong together.
void check_consistent(const StockConfig& config, const std::string& where);

}  // namespace dotmoe
