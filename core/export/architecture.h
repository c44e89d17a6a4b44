// The stock architectures that a conversion can be written as: what each can hold, and its names
// (FORMATS.md). All that the writers know of an architecture stands here.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "export/export.h"
#include "model/config.h"

namespace dotmoe {

/// What an architecture asks of the shared neurons S; m is an expert's number of neurons.
enum class SharedNeurons {
    none,           ///< S = 0
    some,           ///< any S > 0
    whole_experts,  ///< multiples of m, at least one: zeros fill them up
};

/// In what order an architecture chooses experts and weighs them.
enum class Weighing {
    softmax_of_selected,  ///< top-k of the logits, then softmax: FORMATS.md's exact class
    softmax_of_all,       ///< softmax, top-k, renormalised: with f = 1 the same weights
    sigmoid_of_all        ///< sigmoid of each, top-k, renormalised
};

/// Where the factor k goes that undoes the softmax's 1/k.
enum class RoutedFactor { down_projections, metadata };

/// How the experts' matrices are cut into tensors.
enum class Packing {
    apart,    ///< a tensor a matrix and expert; names hold {} for the expert
    stacked,  ///< [E, m, D], [E, m, D], [E, D, m]
    fused     ///< gate rows, then up rows, in one: [E, 2m, D], [E, D, m]
};

/// RMSNorm of each head's query and key.
enum class HeadNorms { none, optional, always };

/// Biases of queries, keys and values; granite has one of the output with them.
enum class AttentionBias { none, optional, optional_with_output };

/// Windows of attention: the same in every layer, or none.
enum class Windows { none, every_layer };

/// Empty where there is none; where gate and up are one tensor, `up` is.
struct FfnNames {
    std::string_view gate = {}, up = {}, down = {};
};

/// Whole names, those of a layer without its prefix.
struct TensorNames {
    std::string_view embedding, norm, head, layer;  ///< layer: the prefix, {} for its number
    std::string_view rope_factors = {};             ///< [head width / 2], divisors of RoPE's frequencies
    std::string_view attention_norm, query, key, value, output, ffn_norm;
    std::string_view query_bias = {}, key_bias = {}, value_bias = {}, output_bias = {};
    std::string_view query_norm = {}, key_norm = {};
    std::string_view router = {};
    std::string_view selection_bias = {};  ///< [E], added to the scores for the choice alone: zeros
    FfnNames experts = {}, shared = {};
    std::string_view shared_gate =
        {};  ///< [1, D], weighs the shared by a sigmoid: zeros, and down twice as large
};

struct Architecture {
    ExportFormat format;
    std::string_view name;        ///< model_type of config.json, general.architecture of a GGUF
    std::string_view class_name;  ///< what users know it by
    Weighing weighing;
    SharedNeurons shared;
    RoutedFactor factor;
    Packing packing;
    bool square_attention;    ///< heads x head width must be D
    bool interleaved_rotary;  ///< q and k rows in llama.cpp's order
    AttentionBias bias;
    HeadNorms head_norms;
    Windows windows;
    TensorNames names;
};

/// In the order of preference.
std::span<const Architecture> architectures();

/// Throws UsageError naming those there are.
const Architecture& find_architecture(ExportFormat format, std::string_view name);

/// S filled up to whole experts of `capacity`, at least one.
std::int64_t filled_up(std::int64_t shared, std::int64_t capacity);

/// Neurons of the architecture's shared expert for S shared ones: with whole_experts, filled up.
std::int64_t shared_width(const Architecture& architecture, std::int64_t shared, std::int64_t capacity);

/// The window that all layers have, 0 where none has one; nothing where they differ.
std::optional<std::int64_t> common_window(const ModelConfig& config);

/// Empty when the architecture can hold the model's attention and that many shared neurons, else why not.
std::string why_not(const Architecture& architecture, const ModelConfig& config, std::int64_t shared);

}  // namespace dotmoe
