#include "export/stock_config.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/files.h"
#include "export/stock_rope.h"

namespace dotmoe {
namespace {

class Reader {
  public:
    explicit Reader(const std::filesystem::path& file)
        : Reader(file.string(), nlohmann::json::parse(read_text_file(file), nullptr, false)) {}
    Reader(std::string name, nlohmann::json json) : name_(std::move(name)), json_(std::move(json)) {
        if (!json_.is_object()) fail("{}: is not a JSON object", name_);
    }

    const nlohmann::json* find(const char* key) const {
        const auto found = json_.find(key);
        return found == json_.end() || found->is_null() ? nullptr : &*found;
    }

    std::int64_t count(const char* key, std::int64_t least = 1) const {
        const auto* value = find(key);
        if (value == nullptr) fail("{}: '{}' is missing", name_, key);
        return checked_count(key, *value, least);
    }

    std::int64_t count_or(const char* key, std::int64_t otherwise) const {
        const auto* value = find(key);
        return value == nullptr ? otherwise : checked_count(key, *value, 1);
    }

    double positive(const char* key) const {
        const auto* value = find(key);
        if (value == nullptr) fail("{}: '{}' is missing", name_, key);
        return checked_number(key, *value);
    }

    double positive_or(const char* key, double otherwise) const {
        const auto* value = find(key);
        return value == nullptr ? otherwise : checked_number(key, *value);
    }

    std::vector<double> positives(const char* key, std::int64_t size) const {
        const auto* list = find(key);
        if (list == nullptr || !list->is_array() || std::ssize(*list) != size)
            fail("{}: '{}' is no list of {} numbers", name_, key, size);
        std::vector<double> numbers;
        for (const auto& value : *list) numbers.push_back(checked_number(key, value));
        return numbers;
    }

    bool flag_or(const char* key, bool otherwise) const {
        const auto* value = find(key);
        if (value == nullptr) return otherwise;
        if (!value->is_boolean()) fail("{}: '{}' is neither true nor false", name_, key);
        return value->get<bool>();
    }

    std::string architecture() const {
        const auto* list = find("architectures");
        if (list == nullptr || !list->is_array() || list->size() != 1 || !list->front().is_string())
            fail("{}: 'architectures' does not name one class", name_);
        return list->front().get<std::string>();
    }

    void require(bool holds, const char* key, const char* wanted) const {
        if (!holds) fail("{}: '{}' is not supported here: {}", name_, key, wanted);
    }

    const std::string& name() const { return name_; }

  private:
    double checked_number(const char* key, const nlohmann::json& value) const {
        if (!value.is_number()) fail("{}: '{}' is no number", name_, key);
        const auto number = value.get<double>();
        if (!std::isfinite(number) || number <= 0)
            fail("{}: '{}' is {}, not a positive number", name_, key, number);
        return number;
    }

    std::int64_t checked_count(const char* key, const nlohmann::json& value, std::int64_t least) const {
        // Products of three such counts stay below 2^63 only with the tensors' own checks; alone each is an
        // int32.
        if (!value.is_number_integer()) fail("{}: '{}' is no whole number", name_, key);
        const auto number = value.get<std::int64_t>();
        if (number < least || number > std::numeric_limits<std::int32_t>::max())
            fail("{}: '{}' is {}, out of range", name_, key, number);
        return number;
    }

    std::string name_;
    nlohmann::json json_;
};

/// transformers, modeling_rope_utils.py. A longrope that leaves the scores alone and has one list for short
/// and long texts is nothing but that list.
std::vector<double> read_rope_divisors(const Reader& json, const StockConfig& config) {
    const auto* found = json.find("rope_scaling");
    if (found == nullptr) return {};
    const Reader scaling(json.name() + ": rope_scaling", *found);
    const auto* type = scaling.find("rope_type");
    scaling.require(type != nullptr && (*type == "linear" || *type == "llama3" || *type == "longrope"),
                    "rope_type", "only linear, llama3 and longrope are");
    if (*type == "linear") return stock_linear_divisors(scaling.positive("factor"), config.head_width);
    if (*type == "llama3")
        return stock_llama3_divisors(
            {.factor = scaling.positive("factor"),
             .low_freq_factor = scaling.positive("low_freq_factor"),
             .high_freq_factor = scaling.positive("high_freq_factor"),
             .original_max_position_embeddings = scaling.positive("original_max_position_embeddings")},
            config.rope_base, config.head_width);
    auto divisors = scaling.positives("short_factor", config.head_width / 2);
    scaling.require(scaling.positives("long_factor", config.head_width / 2) == divisors, "long_factor",
                    "only what short_factor is");
    scaling.require(scaling.positive("attention_factor") == 1, "attention_factor", "only 1 is");
    return divisors;
}

void read_attention(const Reader& json, StockConfig& config, double rope_base, double epsilon) {
    config.head_width = json.count_or("head_dim", config.width / config.heads);
    config.attention_multiplier = 1 / std::sqrt(static_cast<double>(config.head_width));
    config.rope_base = json.positive_or("rope_theta", rope_base);
    config.norm_epsilon = json.positive_or("rms_norm_eps", epsilon);
}

void read_mixtral(const Reader& json, StockConfig& config) {
    config.naming = StockNaming::mixtral;
    config.gating = Gating::softmax_then_top_k;
    config.experts = json.count("num_local_experts");
    config.expert_neurons = json.count("intermediate_size");
    read_attention(json, config, 1e6, 1e-5);
    if (json.find("sliding_window") != nullptr) config.window = json.count("sliding_window");
}

void read_granite(const Reader& json, StockConfig& config) {
    config.naming = StockNaming::granite;
    config.gating = Gating::top_k_then_softmax;
    config.experts = json.count("num_local_experts");
    config.expert_neurons = json.count("intermediate_size");
    if (config.architecture == "GraniteMoeSharedForCausalLM")
        config.shared_neurons = json.count("shared_intermediate_size", 0);
    read_attention(json, config, 1e4, 1e-6);
    config.head_width = config.width / config.heads;
    config.attention_multiplier = json.positive_or("attention_multiplier", 1);
    config.embedding_multiplier = json.positive_or("embedding_multiplier", 1);
    config.residual_multiplier = json.positive_or("residual_multiplier", 1);
    config.logits_scaling = json.positive_or("logits_scaling", 1);
    config.attention_bias = config.output_bias = json.flag_or("attention_bias", false);
}

void read_qwen_experts(const Reader& json, StockConfig& config) {
    config.gating = Gating::softmax_then_top_k;
    config.experts = json.count("num_experts");
    config.expert_neurons = json.count("moe_intermediate_size");
    read_attention(json, config, 1e4, 1e-6);
    json.require(json.flag_or("norm_topk_prob", false), "norm_topk_prob", "only true is");
    if (json.flag_or("use_sliding_window", false)) {
        config.window = json.count_or("sliding_window", 4096);
        const auto* without = json.find("max_window_layers");
        json.require(without != nullptr && *without == 0, "max_window_layers", "all layers have the window");
    }
    json.require(json.count_or("decoder_sparse_step", 1) == 1, "decoder_sparse_step",
                 "all layers have experts");
    const auto* dense = json.find("mlp_only_layers");
    json.require(dense == nullptr || dense->empty(), "mlp_only_layers", "all layers have experts");
}

void read_qwen2_moe(const Reader& json, StockConfig& config) {
    read_qwen_experts(json, config);
    config.naming = StockNaming::qwen2_moe;
    config.shared_neurons = json.count("shared_expert_intermediate_size");
    config.shared_gate = true;
    config.attention_bias = json.flag_or("qkv_bias", true);
    // transformers 4.57 has the window in all layers, 5 in those that are named.
    if (config.window == 0) return;
    const auto* types = json.find("layer_types");
    json.require(
        types != nullptr && types->is_array() && std::ssize(*types) == config.layers &&
            std::ranges::all_of(*types, [](const auto& each) { return each == "sliding_attention"; }),
        "layer_types", "all layers have the window");
}

void read_qwen3_moe(const Reader& json, StockConfig& config) {
    read_qwen_experts(json, config);
    config.naming = StockNaming::qwen3_moe;
    config.qk_norm = true;
    config.attention_bias = config.output_bias = json.flag_or("attention_bias", false);
}

void read_glm4_moe(const Reader& json, StockConfig& config) {
    config.naming = StockNaming::glm4_moe;
    config.gating = Gating::sigmoid_then_top_k;
    config.experts = json.count("n_routed_experts");
    config.expert_neurons = json.count("moe_intermediate_size");
    config.shared_neurons = json.count("n_shared_experts") * config.expert_neurons;
    config.routed_scale = json.positive_or("routed_scaling_factor", 1);
    config.selection_bias = config.whole_shared_experts = true;
    read_attention(json, config, 1e4, 1e-5);
    json.require(json.flag_or("norm_topk_prob", true), "norm_topk_prob", "only true is");
    json.require(json.count_or("n_group", 1) == 1 && json.count_or("topk_group", 1) == 1, "n_group",
                 "one group of all experts is");
    json.require(json.find("first_k_dense_replace") != nullptr && *json.find("first_k_dense_replace") == 0,
                 "first_k_dense_replace", "all layers have experts");
    json.require(json.positive_or("partial_rotary_factor", 0.5) == 1, "partial_rotary_factor",
                 "the source turns whole heads");
    config.attention_bias = json.flag_or("attention_bias", false);
    config.qk_norm = json.flag_or("use_qk_norm", false);
}

void read_architecture(const Reader& json, StockConfig& config) {
    constexpr std::pair<const char*, void (*)(const Reader&, StockConfig&)> known[] = {
        {"MixtralForCausalLM", read_mixtral},          {"GraniteMoeForCausalLM", read_granite},
        {"GraniteMoeSharedForCausalLM", read_granite}, {"Qwen2MoeForCausalLM", read_qwen2_moe},
        {"Qwen3MoeForCausalLM", read_qwen3_moe},       {"Glm4MoeForCausalLM", read_glm4_moe}};
    config.architecture = json.architecture();
    std::string names;
    for (const auto& [name, read] : known) {
        if (config.architecture == name) return read(json, config);
        names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
    }
    fail("{}: architecture {} is none of {}", json.name(), config.architecture, names);
}

}  // namespace

StockConfig read_stock_config(const std::filesystem::path& file) {
    const Reader json(file);
    StockConfig config;
    config.vocabulary = json.count("vocab_size");
    config.width = json.count("hidden_size");
    config.layers = json.count("num_hidden_layers");
    config.heads = json.count("num_attention_heads");
    config.kv_heads = json.count_or("num_key_value_heads", config.heads);
    config.active = json.count("num_experts_per_tok");
    config.tied_embeddings = json.flag_or("tie_word_embeddings", false);
    read_architecture(json, config);
    const auto* activation = json.find("hidden_act");
    json.require(activation == nullptr || *activation == "silu", "hidden_act", "only silu is");
    check_consistent(config, json.name());
    config.rope_divisors = read_rope_divisors(json, config);
    return config;
}

void check_consistent(const StockConfig& config, const std::string& where) {
    if (config.active > config.experts || config.heads % config.kv_heads != 0 || config.head_width < 2 ||
        config.head_width % 2 != 0)
        fail("{}: {} of {} experts active, {} heads of {} over {} do not fit together", where, config.active,
             config.experts, config.heads, config.head_width, config.kv_heads);
}

}  // namespace dotmoe
