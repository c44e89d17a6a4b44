#include "model/huggingface_config.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/error.h"
#include "formats/byte_reader.h"
#include "model/gemma3.h"
#include "model/requirements.h"
#include "model/rope.h"

namespace dotmoe {
namespace {

/// What model_type says that config.json does not.
struct Family {
    std::string_view model_type, architecture;
    bool qkv_bias = false, qk_norm = false, gemma = false;
};
constexpr std::array families{
    Family{.model_type = "llama", .architecture = "llama"},
    Family{.model_type = "mistral", .architecture = "llama"},
    Family{.model_type = "qwen2", .architecture = "qwen2", .qkv_bias = true},
    Family{.model_type = "qwen3", .architecture = "qwen3", .qk_norm = true},
    Family{.model_type = "gemma3_text", .architecture = "gemma3", .qk_norm = true, .gemma = true}};

constexpr std::int64_t gemma_head_width = 256;  // where config.json is silent

/// model_type of families whose FFN is act(x W_up) W_down.
constexpr std::array without_gate{"gpt2", "gpt_neo", "gpt_neox", "gptj",       "gpt_bigcode",
                                  "opt",  "bloom",   "falcon",   "starcoder2", "mpt",
                                  "phi",  "codegen", "nemotron"};

std::string printable_text(const JsonFields& json, const char* key) {
    return printable(json.text(key).value_or("(none)"));
}

std::string class_name(const JsonFields& json) {
    const auto* list = json.find("architectures");
    if (!list || !list->is_array() || list->empty() || !list->front().is_string()) return {};
    return printable(list->front().get<std::string>());
}

void refuse_mixtures(const JsonFields& json) {
    for (const auto* key : {"num_local_experts", "num_experts", "n_routed_experts", "moe_num_experts"})
        if (const auto* experts = json.find(key); experts && experts->is_number_integer() && *experts > 1)
            fail("{}: is a mixture of {} experts already: {}", json.origin(), experts->dump(), kNeeded);
}

void refuse_what_cannot_be_converted(const JsonFields& json) {
    const auto type = printable_text(json, "model_type"), name = class_name(json);
    if (is_encoder(type) || json.flag("is_encoder_decoder", false))
        fail("{}: '{}' is an encoder, it does not predict a next token: {}", json.origin(), type, kNeeded);
    refuse_mixtures(json);
    if (std::ranges::find(without_gate, type) != without_gate.end())
        fail("{}: the FFN of '{}' has no gate: {}", json.origin(), type, kNeeded);
    if (std::ranges::find(families, type, &Family::model_type) == families.end())
        fail("{}: model_type '{}' is not known here: {}", json.origin(), type, kNeeded);
    if (!name.empty() && !name.ends_with("ForCausalLM"))
        fail("{}: is a {}, without an output that predicts the next token: {}", json.origin(), name, kNeeded);
}

/// Variants that this forward pass would get wrong without a word.
void refuse_unknown_variants(const JsonFields& json) {
    for (const auto* key : {"attention_bias", "mlp_bias"})
        if (json.flag(key, false)) fail("{}: '{}' is true: that bias is not supported", json.origin(), key);
    for (const auto* key : {"attn_logit_softcapping", "final_logit_softcapping"})
        if (json.find(key)) fail("{}: '{}' is set: capped scores are not supported", json.origin(), key);
    if (json.flag("use_bidirectional_attention", false))
        fail("{}: 'use_bidirectional_attention' is true: {}", json.origin(), kNeeded);
    if (json.positive("partial_rotary_factor", 1.0) != 1)
        fail("{}: 'partial_rotary_factor' is not 1: rotating a part of a head is not supported",
             json.origin());
}

/// Under the name that the family gives it. Another function than the family's has no place in a GGUF.
void check_activation(const JsonFields& json, const Family& family) {
    const auto* key = family.gemma ? "hidden_activation" : "hidden_act";
    const auto wanted = family.gemma ? "gelu_pytorch_tanh" : "silu";
    const auto act = json.text(key).value_or(wanted);
    if (act != wanted && !(act == "swish" && !family.gemma))
        fail("{}: '{}' is '{}': of {} only {} is supported", json.origin(), key, printable(act),
             family.model_type, wanted);
}

/// rope_parameters since transformers 5, there apart for layers with and without a window if they differ,
/// else rope_theta and rope_scaling.
void read_rope(const JsonFields& json, ModelConfig& config, double base) {
    auto joined = json.object("rope_parameters");
    if (joined && joined->find("full_attention")) joined = joined->object("full_attention");
    const auto scaling = joined ? joined : json.object("rope_scaling");
    config.rope_base = (joined ? *joined : json).positive("rope_theta", base);
    if (!scaling) return;
    auto type = scaling->text("rope_type");
    if (!type) type = scaling->text("type");
    if (type.value_or("default") == "default") return;
    if (type == "linear")
        config.rope_divisors = linear_rope_divisors(scaling->positive("factor"), config.head_width);
    else if (type == "llama3")
        config.rope_divisors =
            llama3_rope_divisors({.factor = scaling->positive("factor"),
                                  .low_frequency = scaling->positive("low_freq_factor"),
                                  .high_frequency = scaling->positive("high_freq_factor"),
                                  .original_context = scaling->positive("original_max_position_embeddings")},
                                 config.rope_base, config.head_width);
    else
        fail("{}: RoPE scaling of type '{}' is not supported, linear and llama3 are", json.origin(),
             printable(*type));
}

/// Which layers have the window: all of Mistral's; of Qwen's and Gemma's those that layer_types or another
/// key name.
std::vector<bool> sliding_layers(const JsonFields& json, const ModelConfig& config) {
    const auto layers = static_cast<std::size_t>(config.layers);
    const auto* types = json.find("layer_types");
    std::vector<bool> sliding(layers, true);
    if (types) {
        if (!types->is_array() || types->size() != layers)
            fail("{}: 'layer_types' does not name {} layers", json.origin(), layers);
        for (std::size_t l = 0; l < layers; ++l) sliding[l] = (*types)[l] == "sliding_attention";
    } else if (config.architecture == "gemma3") {
        return gemma3_sliding_layers(config.layers, json.count("sliding_window_pattern", 6));
    } else if (json.find("max_window_layers")) {
        const auto full = json.find("max_window_layers");
        if (!full->is_number_unsigned()) fail("{}: 'max_window_layers' is no count", json.origin());
        const auto first = std::min<std::uint64_t>(full->get<std::uint64_t>(), layers);
        std::fill_n(sliding.begin(), first, false);
    }
    return sliding;
}

void read_windows(const JsonFields& json, ModelConfig& config) {
    // A llama has none, whatever its file says; Mistral and Gemma always use the one they name, Qwen on
    // request.
    const auto type = json.text("model_type");
    if (type == "llama") return;
    const bool always = type == "mistral" || type == "gemma3_text";
    if (!json.find("sliding_window") || !json.flag("use_sliding_window", always)) return;
    const auto window = json.count("sliding_window");
    for (const bool slides : sliding_layers(json, config)) config.windows.push_back(slides ? window : 0);
}

/// transformers, models/gemma3/configuration_gemma3.py; the defaults are its own.
void read_gemma(const JsonFields& json, ModelConfig& config) {
    set_gemma3(config);
    config.score_scale = 1 / std::sqrt(json.positive("query_pre_attn_scalar", 256.0));
    const auto joined = json.object("rope_parameters");
    const auto local = joined ? joined->object("sliding_attention") : std::nullopt;
    config.window_rope_base = local ? local->positive("rope_theta", gemma3_window_rope_base)
                                    : json.positive("rope_local_base_freq", gemma3_window_rope_base);
    if (local && local->text("rope_type").value_or("default") != "default")
        fail("{}: RoPE scaling of layers with a window is not supported", json.origin());
}

}  // namespace

void refuse_quantised(const JsonFields& json) {
    if (json.find("quantization_config"))
        fail("{}: its weights are quantised for another runtime: take the checkpoint in BF16, F16 or F32",
             json.origin());
}

ModelConfig read_huggingface_config(const JsonFields& json) {
    refuse_what_cannot_be_converted(json);
    refuse_unknown_variants(json);
    const auto& family = *std::ranges::find(families, json.text("model_type").value(), &Family::model_type);
    ModelConfig config;
    config.architecture = family.architecture;
    config.qkv_bias = family.qkv_bias;
    config.qk_norm = family.qk_norm;
    config.layers = json.count("num_hidden_layers");
    config.width = json.count("hidden_size");
    config.neurons = json.count("intermediate_size");
    config.heads = json.count("num_attention_heads");
    config.kv_heads = json.count("num_key_value_heads", config.heads);
    const auto even_share = std::max<std::int64_t>(1, config.width / config.heads);
    config.head_width = json.count("head_dim", family.gemma ? gemma_head_width : even_share);
    config.vocabulary = json.count("vocab_size");
    config.context = json.count("max_position_embeddings");
    config.norm_epsilon = json.positive("rms_norm_eps");
    config.tied_embeddings = json.flag("tie_word_embeddings", family.gemma);
    check_heads(config, json.origin());
    check_activation(json, family);
    read_rope(json, config, family.gemma ? 1e6 : 1e4);
    if (family.gemma) read_gemma(json, config);
    read_windows(json, config);
    return config;
}

ModelConfig describe_huggingface_config(const JsonFields& json) {
    const auto count = [&](const char* key) {
        const auto* value = json.find(key);
        return value && value->is_number_unsigned() ? value->get<std::int64_t>() : std::int64_t{0};
    };
    ModelConfig config;
    config.architecture = printable_text(json, "model_type");
    config.layers = count("num_hidden_layers");
    config.width = count("hidden_size");
    config.neurons = count("intermediate_size");
    config.heads = count("num_attention_heads");
    config.kv_heads = count("num_key_value_heads");
    config.context = count("max_position_embeddings");
    config.vocabulary = count("vocab_size");
    return config;
}

}  // namespace dotmoe
