#include <cmath>
#include <limits>

#include "base/error.h"
#include "export/stock_config.h"
#include "export/stock_rope.h"

namespace dotmoe {
namespace {

/// Metadata under the architecture's prefix.
class Keys {
  public:
    explicit Keys(const gguf::File& file)
        : file_(file), architecture_(file.require<std::string>("general.architecture")) {}

    const std::string& architecture() const { return architecture_; }
    std::string where() const { return file_.path().string(); }
    const gguf::File& file() const { return file_; }

    std::int64_t count(const char* key, std::int64_t least = 1) const {
        return checked(key, file_.require<std::int64_t>(name(key)), least);
    }
    std::int64_t count_or(const char* key, std::int64_t otherwise, std::int64_t least = 1) const {
        return checked(key, file_.get<std::int64_t>(name(key)).value_or(otherwise), least);
    }
    double positive(const char* key, std::optional<double> otherwise = {}) const {
        const auto found = file_.get<double>(name(key));
        const auto value = found ? *found : otherwise ? *otherwise : file_.require<double>(name(key));
        if (!std::isfinite(value) || value <= 0)
            fail("{}: {} is {}, not a positive number", where(), name(key), value);
        return value;
    }
    std::string text_or(const char* key, const char* otherwise) const {
        return file_.get<std::string>(name(key)).value_or(otherwise);
    }
    bool flag_or(const char* key, bool otherwise) const {
        return file_.get<bool>(name(key)).value_or(otherwise);
    }
    void require(bool holds, const char* key, const char* wanted) const {
        if (!holds) fail("{}: {} is not supported here: {}", where(), name(key), wanted);
    }

  private:
    std::string name(const char* key) const { return fmt::format("{}.{}", architecture_, key); }
    std::int64_t checked(const char* key, std::int64_t value, std::int64_t least) const {
        if (value < least || value > std::numeric_limits<std::int32_t>::max())
            fail("{}: {} is {}, out of range", where(), name(key), value);
        return value;
    }

    const gguf::File& file_;
    std::string architecture_;
};

// llama.cpp, src/llama-model.cpp, load_hparams: of all architectures, the type first.
std::vector<double> read_rope_divisors(const Keys& keys, std::int64_t head_width) {
    const auto type = keys.text_or("rope.scaling.type", "linear");
    keys.require(type == "linear" || type == "none", "rope.scaling.type", "only linear is");
    const auto factor = keys.positive("rope.scaling.factor", keys.positive("rope.scale_linear", 1));
    if (type == "none" || factor == 1) return {};
    return stock_linear_divisors(factor, head_width);
}

// llama.cpp, src/models/glm4-moe.cpp.
void read_glm4(const Keys& keys, StockConfig& config) {
    constexpr std::int64_t softmax_of_the_selected = 3;  // LLAMA_EXPERT_GATING_FUNC_TYPE_SOFTMAX_WEIGHT
    config.naming = StockNaming::gguf_glm4;
    config.gating = Gating::top_k_then_softmax;
    config.expert_neurons = keys.count("expert_feed_forward_length");
    config.shared_neurons = keys.count("expert_shared_count") * config.expert_neurons;
    config.selection_bias = config.whole_shared_experts = true;
    keys.require(keys.count_or("expert_gating_func", 0, 0) == softmax_of_the_selected, "expert_gating_func",
                 "only 3 is, a softmax of the selected");
    keys.require(keys.count_or("leading_dense_block_count", 0, 0) == 0, "leading_dense_block_count",
                 "all layers have experts");
    keys.require(keys.flag_or("expert_weights_norm", false), "expert_weights_norm", "only true is");
    config.routed_scale = keys.positive("expert_weights_scale", 1);
}

// llama.cpp, src/models/llama.cpp and granite.cpp: softmax over all, top-k, renormalised; no factor is read.
void read_llama(const Keys& keys, StockConfig& config) {
    config.naming = StockNaming::gguf;
    config.gating = Gating::softmax_then_top_k;
    config.interleaved_rotary = true;
    config.rope_factors = keys.file().find("rope_freqs.weight") != nullptr;  // asked for, but may be missing
    config.expert_neurons = keys.count("feed_forward_length");
    if (keys.architecture() != "granitemoe") return;
    config.shared_neurons = keys.count_or("expert_shared_feed_forward_length", 0, 0);
    config.logits_scaling = keys.positive("logit_scale");
    config.embedding_multiplier = keys.positive("embedding_scale", 1);
    config.residual_multiplier = keys.positive("residual_scale", 1);
    config.attention_multiplier = keys.positive("attention.scale", config.attention_multiplier);
}

}  // namespace

StockConfig read_stock_config(const gguf::File& file) {
    const Keys keys(file);
    StockConfig config;
    config.architecture = keys.architecture();
    if (config.architecture != "glm4moe" && config.architecture != "llama" &&
        config.architecture != "granitemoe")
        fail("{}: architecture {} is none of glm4moe, llama, granitemoe", keys.where(), config.architecture);
    config.width = keys.count("embedding_length");
    config.layers = keys.count("block_count");
    config.heads = keys.count("attention.head_count");
    config.kv_heads = keys.count_or("attention.head_count_kv", config.heads);
    config.head_width =
        keys.count_or("attention.key_length", std::max<std::int64_t>(1, config.width / config.heads));
    config.attention_multiplier = 1 / std::sqrt(static_cast<double>(config.head_width));
    config.rope_base = keys.positive("rope.freq_base", 10000);
    config.norm_epsilon = keys.positive("attention.layer_norm_rms_epsilon");
    config.experts = keys.count("expert_count");
    config.active = keys.count("expert_used_count");
    const auto& embedding = file.at("token_embd.weight").shape;
    config.vocabulary = embedding.empty() ? 0 : embedding.front();
    config.tied_embeddings = file.find("output.weight") == nullptr;
    config.attention_bias = file.find("blk.0.attn_q.bias") != nullptr;  // asked for, but may be missing
    config.qk_norm = config.architecture == "glm4moe" && file.find("blk.0.attn_q_norm.weight") != nullptr;
    if (config.architecture == "glm4moe")
        read_glm4(keys, config);
    else
        read_llama(keys, config);
    keys.require(keys.count_or("rope.dimension_count", config.head_width) == config.head_width,
                 "rope.dimension_count", "the source turns whole heads");
    keys.require(keys.count_or("attention.value_length", config.head_width) == config.head_width,
                 "attention.value_length", "the source's values are as wide as its keys");
    check_consistent(config, keys.where());
    config.rope_divisors = read_rope_divisors(keys, config.head_width);
    return config;
}

}  // namespace dotmoe
