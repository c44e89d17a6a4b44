#include "export/architecture.h"

#include <algorithm>
#include <array>

#include "base/error.h"
#include "export/rope_scaling.h"

namespace dotmoe {
namespace {

constexpr TensorNames huggingface{.embedding = "model.embed_tokens.weight",
                                  .norm = "model.norm.weight",
                                  .head = "lm_head.weight",
                                  .layer = "model.layers.{}.",
                                  .attention_norm = "input_layernorm.weight",
                                  .query = "self_attn.q_proj.weight",
                                  .key = "self_attn.k_proj.weight",
                                  .value = "self_attn.v_proj.weight",
                                  .output = "self_attn.o_proj.weight",
                                  .ffn_norm = "post_attention_layernorm.weight",
                                  .query_bias = "self_attn.q_proj.bias",
                                  .key_bias = "self_attn.k_proj.bias",
                                  .value_bias = "self_attn.v_proj.bias",
                                  .output_bias = "self_attn.o_proj.bias",
                                  .query_norm = "self_attn.q_norm.weight",
                                  .key_norm = "self_attn.k_norm.weight"};

constexpr TensorNames mixtral_names() {
    auto names = huggingface;
    names.router = "block_sparse_moe.gate.weight";
    names.experts = {"block_sparse_moe.experts.{}.w1.weight", "block_sparse_moe.experts.{}.w3.weight",
                     "block_sparse_moe.experts.{}.w2.weight"};
    return names;
}

constexpr TensorNames granite_names(bool shared) {
    auto names = huggingface;
    names.router = "block_sparse_moe.router.layer.weight";
    names.experts = {"block_sparse_moe.input_linear.weight", {}, "block_sparse_moe.output_linear.weight"};
    if (shared) names.shared = {"shared_mlp.input_linear.weight", {}, "shared_mlp.output_linear.weight"};
    return names;
}

constexpr TensorNames qwen3_names() {
    auto names = huggingface;
    names.router = "mlp.gate.weight";
    names.experts = {"mlp.experts.{}.gate_proj.weight", "mlp.experts.{}.up_proj.weight",
                     "mlp.experts.{}.down_proj.weight"};
    return names;
}

constexpr TensorNames qwen2_names() {
    auto names = qwen3_names();
    names.shared = {"mlp.shared_expert.gate_proj.weight", "mlp.shared_expert.up_proj.weight",
                    "mlp.shared_expert.down_proj.weight"};
    names.shared_gate = "mlp.shared_expert_gate.weight";
    return names;
}

constexpr TensorNames glm4_names() {
    auto names = qwen3_names();
    names.selection_bias = "mlp.gate.e_score_correction_bias";
    names.shared = {"mlp.shared_experts.gate_proj.weight", "mlp.shared_experts.up_proj.weight",
                    "mlp.shared_experts.down_proj.weight"};
    return names;
}

constexpr TensorNames gguf_names(bool shared) {
    TensorNames names{.embedding = "token_embd.weight",
                      .norm = "output_norm.weight",
                      .head = "output.weight",
                      .layer = "blk.{}.",
                      .rope_factors = "rope_freqs.weight",
                      .attention_norm = "attn_norm.weight",
                      .query = "attn_q.weight",
                      .key = "attn_k.weight",
                      .value = "attn_v.weight",
                      .output = "attn_output.weight",
                      .ffn_norm = "ffn_norm.weight",
                      .query_bias = "attn_q.bias",
                      .key_bias = "attn_k.bias",
                      .value_bias = "attn_v.bias",
                      .query_norm = "attn_q_norm.weight",
                      .key_norm = "attn_k_norm.weight",
                      .router = "ffn_gate_inp.weight",
                      .experts = {"ffn_gate_exps.weight", "ffn_up_exps.weight", "ffn_down_exps.weight"}};
    if (shared) names.shared = {"ffn_gate_shexp.weight", "ffn_up_shexp.weight", "ffn_down_shexp.weight"};
    return names;
}

constexpr TensorNames gguf_glm4_names() {
    auto names = gguf_names(true);
    names.rope_factors = {};
    names.ffn_norm = "post_attention_norm.weight";
    names.selection_bias = "exp_probs_b.bias";
    return names;
}

constexpr auto no_bias = AttentionBias::none, with_bias = AttentionBias::optional;
constexpr auto no_norms = HeadNorms::none, with_norms = HeadNorms::optional;
constexpr auto no_window = Windows::none, with_window = Windows::every_layer;

constexpr std::array all{
    Architecture{ExportFormat::huggingface, "mixtral", "MixtralForCausalLM", Weighing::softmax_of_all,
                 SharedNeurons::none, RoutedFactor::down_projections, Packing::apart, false, false, no_bias,
                 no_norms, with_window, mixtral_names()},
    Architecture{ExportFormat::huggingface, "granitemoe", "GraniteMoeForCausalLM",
                 Weighing::softmax_of_selected, SharedNeurons::none, RoutedFactor::down_projections,
                 Packing::fused, true, false, AttentionBias::optional_with_output, no_norms, no_window,
                 granite_names(false)},
    Architecture{ExportFormat::huggingface, "granitemoeshared", "GraniteMoeSharedForCausalLM",
                 Weighing::softmax_of_selected, SharedNeurons::some, RoutedFactor::down_projections,
                 Packing::fused, true, false, AttentionBias::optional_with_output, no_norms, no_window,
                 granite_names(true)},
    Architecture{ExportFormat::huggingface, "qwen3_moe", "Qwen3MoeForCausalLM", Weighing::softmax_of_all,
                 SharedNeurons::none, RoutedFactor::down_projections, Packing::apart, false, false, no_bias,
                 HeadNorms::always, with_window, qwen3_names()},
    Architecture{ExportFormat::huggingface, "glm4_moe", "Glm4MoeForCausalLM", Weighing::sigmoid_of_all,
                 SharedNeurons::whole_experts, RoutedFactor::metadata, Packing::apart, false, false,
                 with_bias, with_norms, no_window, glm4_names()},
    Architecture{ExportFormat::huggingface, "qwen2_moe", "Qwen2MoeForCausalLM", Weighing::softmax_of_all,
                 SharedNeurons::some, RoutedFactor::down_projections, Packing::apart, true, false, with_bias,
                 no_norms, with_window, qwen2_names()},
    Architecture{ExportFormat::gguf, "glm4moe", "glm4moe", Weighing::softmax_of_selected,
                 SharedNeurons::whole_experts, RoutedFactor::metadata, Packing::stacked, false, false,
                 with_bias, with_norms, no_window, gguf_glm4_names()},
    Architecture{ExportFormat::gguf, "llama", "llama", Weighing::softmax_of_all, SharedNeurons::none,
                 RoutedFactor::down_projections, Packing::stacked, false, true, with_bias, no_norms,
                 no_window, gguf_names(false)},
    Architecture{ExportFormat::gguf, "granitemoe", "granitemoe", Weighing::softmax_of_all,
                 SharedNeurons::some, RoutedFactor::down_projections, Packing::stacked, false, true,
                 with_bias, no_norms, no_window, gguf_names(true)},
};

}  // namespace

std::span<const Architecture> architectures() {
    return all;
}

std::vector<std::string> architecture_names(ExportFormat format) {
    std::vector<std::string> names;
    for (const auto& each : all)
        if (each.format == format) names.emplace_back(each.name);
    return names;
}

const Architecture& find_architecture(ExportFormat format, std::string_view name) {
    for (const auto& each : all)
        if (each.format == format && each.name == name) return each;
    fail_usage("architecture '{}' is none of {}", name, fmt::join(architecture_names(format), ", "));
}

std::int64_t filled_up(std::int64_t shared, std::int64_t capacity) {
    return std::max<std::int64_t>(1, (shared + capacity - 1) / capacity) * capacity;
}

std::int64_t shared_width(const Architecture& architecture, std::int64_t shared, std::int64_t capacity) {
    return architecture.shared == SharedNeurons::whole_experts ? filled_up(shared, capacity) : shared;
}

std::optional<std::int64_t> common_window(const ModelConfig& config) {
    const auto& windows = config.windows;
    if (windows.empty()) return 0;
    if (std::ranges::any_of(windows, [&](auto each) { return each != windows.front(); })) return std::nullopt;
    return windows.front();
}

std::string why_not(const Architecture& architecture, const ModelConfig& config, std::int64_t shared) {
    if (architecture.square_attention && config.heads * config.head_width != config.width)
        return fmt::format("it wants heads x head width = model width, here {} x {} is not {}", config.heads,
                           config.head_width, config.width);
    if (config.qkv_bias && architecture.bias == AttentionBias::none)
        return "it has no biases of queries, keys and values";
    if (config.qk_norm && architecture.head_norms == HeadNorms::none)
        return "it has no norms of queries and keys";
    if (!config.qk_norm && architecture.head_norms == HeadNorms::always)
        return "it is for models with norms of queries and keys";
    const auto window = common_window(config);
    if (window != 0 && architecture.windows == Windows::none) return "it has no sliding window";
    if (!window) return "it has one sliding window in all layers, here layers differ";
    if (architecture.format == ExportFormat::gguf && architecture.names.rope_factors.empty() &&
        !linear_scaling(config))
        return "it has one RoPE scaling for all frequencies, not Llama 3's";
    if (shared > 0 && architecture.shared == SharedNeurons::none) return "it has no shared neurons";
    if (shared == 0 && architecture.shared == SharedNeurons::some)
        return "it is for conversions with shared neurons";
    return {};
}

}  // namespace dotmoe
