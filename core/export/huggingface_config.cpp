#include "export/huggingface_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <vector>

#include "export/rope_scaling.h"

namespace dotmoe {
namespace {

using Json = nlohmann::ordered_json;

Json id_or_null(const std::optional<TokenId>& id) {
    return id ? Json(*id) : Json(nullptr);
}

// GGUF keeps fp32: 1e-5 is there as 9.999999747e-06. The shortest decimal of the same float reads as it was
// meant.
double readable(double value) {
    const auto narrow = static_cast<float>(value);
    return static_cast<double>(narrow) == value ? std::stod(fmt::format("{}", narrow)) : value;
}

// Shrunk routers are subnormal in fp16: such files are stored in halves and run in fp32.
std::string_view running_type(const ExportPlan& plan) {
    const bool shrunk = *std::min_element(plan.router_factor.begin(), plan.router_factor.end()) < 1;
    if (plan.numbers == NumberFormat::bf16) return "bfloat16";
    return plan.numbers == NumberFormat::f16 && !shrunk ? "float16" : "float32";
}

/// modeling_rope_utils.py of transformers. What has no name of its own is a longrope whose lists for short
/// and long texts are the same and which leaves the scores alone.
Json rope_scaling_json(const ModelConfig& config) {
    if (const auto factor = linear_scaling(config))
        return *factor == 1 ? Json() : Json{{"rope_type", "linear"}, {"factor", readable(*factor)}};
    if (const auto scaling = llama3_scaling(config))
        return {{"rope_type", "llama3"},
                {"factor", readable(scaling->factor)},
                {"low_freq_factor", scaling->low_frequency},
                {"high_freq_factor", scaling->high_frequency},
                {"original_max_position_embeddings", static_cast<std::int64_t>(scaling->original_context)}};
    return {{"rope_type", "longrope"},
            {"factor", 1.0},
            {"attention_factor", 1.0},
            {"original_max_position_embeddings", config.context},
            {"short_factor", config.rope_divisors},
            {"long_factor", config.rope_divisors}};
}

/// Of Qwen's classes, whose first max_window_layers have none.
void add_qwen_window(Json& json, const ModelConfig& config) {
    const auto window = common_window(config).value_or(0);
    json["use_sliding_window"] = window > 0;
    if (window == 0) return;
    json["sliding_window"] = window;
    json["max_window_layers"] = 0;
}

void add_qwen3_moe(Json& json, const ModelConfig& config, const Layout& layout, std::int64_t capacity) {
    json["num_experts"] = layout.experts;
    json["moe_intermediate_size"] = capacity;
    json["norm_topk_prob"] = true;
    json["decoder_sparse_step"] = 1;
    json["mlp_only_layers"] = Json::array();
    add_qwen_window(json, config);
}

void add_qwen2_moe(Json& json, const ModelConfig& config, const Layout& layout, std::int64_t capacity) {
    add_qwen3_moe(json, config, layout, capacity);
    json["shared_expert_intermediate_size"] = layout.shared;
    json["qkv_bias"] = config.qkv_bias;
    // Since transformers 5 it has every other layer without the window, unless they are named.
    if (json["use_sliding_window"] == true)
        json["layer_types"] = std::vector<std::string>(config.layers, "sliding_attention");
}

void add_glm4_moe(Json& json, const ModelConfig& config, const ExportPlan& plan, std::int64_t capacity) {
    const auto& layout = plan.layout;
    json["n_routed_experts"] = layout.experts;
    json["n_shared_experts"] = shared_width(*plan.architecture, layout.shared, capacity) / capacity;
    json["moe_intermediate_size"] = capacity;
    json["routed_scaling_factor"] = static_cast<double>(layout.active);
    json["norm_topk_prob"] = true;
    json["n_group"] = json["topk_group"] = 1;
    json["first_k_dense_replace"] = 0;
    json["num_nextn_predict_layers"] = 0;
    json["partial_rotary_factor"] = 1.0;  // its default turns half of a head
    json["use_qk_norm"] = config.qk_norm;
    json["attention_bias"] = config.qkv_bias;
}

void add_granite(Json& json, const ModelConfig& config, const Layout& layout) {
    json["num_local_experts"] = layout.experts;
    if (layout.shared > 0) json["shared_intermediate_size"] = layout.shared;
    json["attention_bias"] = config.qkv_bias;
    // Its default is 1; a Llama divides by sqrt(head width).
    json["attention_multiplier"] = 1.0 / std::sqrt(static_cast<double>(config.head_width));
    json["embedding_multiplier"] = 1.0;
    json["residual_multiplier"] = 1.0;
    json["logits_scaling"] = 1.0;
}

void add_mixtral(Json& json, const ModelConfig& config, const Layout& layout) {
    const auto window = common_window(config).value_or(0);
    json["num_local_experts"] = layout.experts;
    json["sliding_window"] = window > 0 ? Json(window) : Json();
    json["router_jitter_noise"] = 0.0;
}

}  // namespace

Json generation_config_json(const Vocabulary& vocabulary) {
    return {{"bos_token_id", id_or_null(vocabulary.bos)},
            {"eos_token_id", id_or_null(vocabulary.eos)},
            {"pad_token_id", id_or_null(vocabulary.pad)}};
}

Json config_json(const Model& model, const ExportPlan& plan) {
    const auto& config = model.config;
    const auto& layout = plan.layout;
    const auto& name = plan.architecture->name;
    Json json = {{"architectures", {plan.architecture->class_name}},
                 {"model_type", name},
                 {"vocab_size", config.vocabulary},
                 {"hidden_size", config.width},
                 {"intermediate_size", layout.capacity(config.neurons)},
                 {"num_hidden_layers", config.layers},
                 {"num_attention_heads", config.heads},
                 {"num_key_value_heads", config.kv_heads},
                 {"num_experts_per_tok", layout.active},
                 {"hidden_act", "silu"},
                 {"max_position_embeddings", config.context},
                 {"rms_norm_eps", readable(config.norm_epsilon)},
                 {"rope_theta", readable(config.rope_base)},
                 {"rope_scaling", rope_scaling_json(config)},
                 {"attention_dropout", 0.0},
                 {"initializer_range", 0.02},
                 {"output_router_logits", false},
                 {"router_aux_loss_coef", 0.001},
                 {"tie_word_embeddings", config.tied_embeddings},
                 {"use_cache", true},
                 {"torch_dtype", running_type(plan)}};
    json.update(generation_config_json(model.tokenizer->vocabulary()));
    const auto capacity = layout.capacity(config.neurons);
    if (!plan.architecture->square_attention) json["head_dim"] = config.head_width;
    if (name == "mixtral")
        add_mixtral(json, config, layout);
    else if (name == "qwen2_moe")
        add_qwen2_moe(json, config, layout, capacity);
    else if (name == "qwen3_moe")
        add_qwen3_moe(json, config, layout, capacity);
    else if (name == "glm4_moe")
        add_glm4_moe(json, config, plan, capacity);
    else
        add_granite(json, config, layout);
    return json;
}

}  // namespace dotmoe
