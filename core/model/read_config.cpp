#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "base/error.h"
#include "model/gemma3.h"
#include "model/load.h"
#include "model/read_tensor.h"
#include "model/requirements.h"
#include "model/rope.h"
#include "model/weight_table.h"

namespace dotmoe {
namespace {

/// Metadata of one file, under its architecture's prefix.
class Keys {
  public:
    Keys(const gguf::File& file, std::string architecture)
        : file_(file), architecture_(std::move(architecture)) {}

    std::string name(std::string_view key) const { return fmt::format("{}.{}", architecture_, key); }

    /// A size: positive, and small enough that products of two cannot overflow.
    std::int64_t size(std::string_view key) const {
        return checked(key, file_.require<std::int64_t>(name(key)));
    }
    std::int64_t size(std::string_view key, std::int64_t otherwise) const {
        return checked(key, file_.get<std::int64_t>(name(key)).value_or(otherwise));
    }
    double positive(std::string_view key, std::optional<double> otherwise) const {
        const auto found = file_.get<double>(name(key));
        const double value = found ? *found : otherwise ? *otherwise : file_.require<double>(name(key));
        if (!(value > 0) || !std::isfinite(value))
            fail("{}: {} is {}: a positive number is needed", path(), name(key), value);
        return value;
    }
    template <typename T>
    std::optional<T> get(std::string_view key) const {
        return file_.get<T>(name(key));
    }
    std::string path() const { return file_.path().string(); }

  private:
    std::int64_t checked(std::string_view key, std::int64_t value) const {
        if (value < 1 || value > std::numeric_limits<std::int32_t>::max())
            fail("{}: {} is {}: a positive count is needed", path(), name(key), value);
        return value;
    }

    const gguf::File& file_;
    std::string architecture_;
};

constexpr std::array<std::string_view, 4> architectures{"llama", "qwen2", "qwen3", "gemma3"};

bool ends_in_experts(const gguf::Tensor& tensor) {
    return tensor.name.find("_exps.") != std::string::npos;
}

void refuse_what_cannot_be_converted(const gguf::File& file, const std::string& architecture) {
    const auto path = file.path().string();
    if (is_encoder(architecture))
        fail("{}: '{}' is an encoder, it does not predict a next token: {}", path, architecture, kNeeded);
    const auto experts = file.get<std::int64_t>(architecture + ".expert_count").value_or(0);
    if (experts > 0)
        fail("{}: is a mixture of {} experts already (architecture '{}'): {}", path, experts, architecture,
             kNeeded);
    if (std::ranges::any_of(file.tensors(), ends_in_experts))
        fail("{}: holds expert tensors (..._exps), so it is a mixture already: {}", path, kNeeded);
    if (const auto parts = file.get<std::int64_t>("split.count").value_or(1); parts > 1)
        fail("{}: is one of {} parts: join them first (llama-gguf-split --merge)", path, parts);
    if (file.find("blk.0.ffn_up.weight") && !file.find("blk.0.ffn_gate.weight"))
        fail("{}: its FFN has no gate (blk.0.ffn_gate.weight is not there): {}", path, kNeeded);
    if (std::ranges::find(architectures, architecture) == architectures.end())
        fail("{}: architecture '{}' is not known here: {}", path, architecture, kNeeded);
}

/// Variants that this forward pass would get wrong without a word.
void refuse_unknown_variants(const Keys& keys, const ModelConfig& config) {
    const auto refuse = [&](std::string_view key, const auto& value, std::string_view why) {
        fail("{}: {} is {}: {} is not supported", keys.path(), keys.name(key), value, why);
    };
    if (const auto n = keys.size("rope.dimension_count", config.head_width); n != config.head_width)
        refuse("rope.dimension_count", n,
               fmt::format("rotating a part of the {} dimensions of a head", config.head_width));
    if (const auto n = keys.size("attention.value_length", config.head_width); n != config.head_width)
        refuse("attention.value_length", n,
               fmt::format("another width than the keys' {}", config.head_width));
}

constexpr auto kRopeFactors = "rope_freqs.weight";

/// A scaling by name, or the factors that llama.cpp's converter makes of Llama 3's.
std::vector<double> rope_divisors(const gguf::File& file, const Keys& keys, const ModelConfig& config) {
    const auto pairs = config.head_width / 2;
    if (const auto* stored = file.find(kRopeFactors)) {
        const auto factors = read_tensor(*stored);
        if (factors.numel() != pairs || !(factors > 0).all().item<bool>() ||
            !factors.isfinite().all().item<bool>())
            fail("{}: {} does not hold {} positive factors: the file is damaged", keys.path(), kRopeFactors,
                 pairs);
        return {factors.const_data_ptr<float>(), factors.const_data_ptr<float>() + pairs};
    }
    const auto type = keys.get<std::string>("rope.scaling.type").value_or("none");
    if (type != "none" && type != "linear")
        fail("{}: {} is {}: RoPE scaling of that type is not supported, linear and Llama 3's are",
             keys.path(), keys.name("rope.scaling.type"), type);
    const double factor = type == "linear" ? keys.positive("rope.scaling.factor", std::nullopt)
                                           : keys.positive("rope.scale_linear", 1.0);
    return linear_rope_divisors(factor, config.head_width);
}

/// The same in all layers, unless the pattern says which have it.
std::vector<std::int64_t> windows(const Keys& keys, const ModelConfig& config) {
    const auto window = keys.get<std::int64_t>("attention.sliding_window").value_or(0);
    if (window <= 0) return {};
    const auto layers = static_cast<std::size_t>(config.layers);
    const auto sliding = keys.get<std::vector<bool>>("attention.sliding_window_pattern")
                             .value_or(config.architecture == "gemma3" ? gemma3_sliding_layers(config.layers)
                                                                       : std::vector<bool>(layers, true));
    if (sliding.size() != layers)
        fail("{}: {} has {} values for {} layers: the file is damaged", keys.path(),
             keys.name("attention.sliding_window_pattern"), sliding.size(), layers);
    std::vector<std::int64_t> result;
    for (const bool slides : sliding) result.push_back(slides ? window : 0);
    return result;
}

void read_gemma3(const Keys& keys, ModelConfig& config) {
    constexpr std::int64_t layers_of_27b = 62;
    for (const auto* key : {"attn_logit_softcapping", "final_logit_softcapping"})
        if (keys.get<double>(key))
            fail("{}: {} is set: capped scores are not supported", keys.path(), keys.name(key));
    set_gemma3(config);
    config.window_rope_base = keys.positive("rope.freq_base_swa", gemma3_window_rope_base);
    if (const auto scale = keys.get<double>("attention.scale"))
        config.score_scale = keys.positive("attention.scale", scale);
    else if (config.layers == layers_of_27b)  // as llama.cpp tells it
        config.score_scale = 1 / std::sqrt(static_cast<double>(config.width / config.heads));
}

void check_shape(const gguf::File& file, const std::string& name, const std::vector<std::int64_t>& expected) {
    const auto& tensor = file.at(name);
    if (tensor.shape != expected)
        fail("{}: {} has shape [{}], the metadata ask for [{}]: the file is damaged", file.path().string(),
             name, fmt::join(tensor.shape, ", "), fmt::join(expected, ", "));
}

/// Every tensor there must be, with its shape, and no other: an unknown one (a bias, an adapter) would change
/// the model.
void check_tensors(const gguf::File& file, const ModelConfig& config) {
    std::set<std::string, std::less<>> known;
    const auto check = [&](const std::string& name, const std::vector<std::int64_t>& shape) {
        check_shape(file, name, shape);
        known.insert(name);
    };
    for (const auto& tensor : global_tensors(config)) check(tensor.gguf, tensor.shape);
    const auto tensors = layer_tensors(config);
    for (std::int64_t layer = 0; layer < config.layers; ++layer)
        for (const auto& tensor : tensors) check(gguf_name(tensor, layer), tensor.shape);
    for (const auto& tensor : file.tensors())
        if (!known.contains(tensor.name) && tensor.name != kRopeFactors)
            fail(
                "{}: {} is not part of a plain {} model: other biases, norms and adapters are not "
                "supported",
                file.path().string(), tensor.name, config.architecture);
}

}  // namespace

ModelConfig read_config(const gguf::File& file) {
    const auto architecture = file.require<std::string>("general.architecture");
    refuse_what_cannot_be_converted(file, architecture);

    const Keys keys(file, architecture);
    ModelConfig config;
    config.architecture = architecture;
    config.layers = keys.size("block_count");
    config.width = keys.size("embedding_length");
    config.neurons = keys.size("feed_forward_length");
    config.heads = keys.size("attention.head_count");
    config.kv_heads = keys.size("attention.head_count_kv", config.heads);
    config.head_width =
        keys.size("attention.key_length", std::max<std::int64_t>(1, config.width / config.heads));
    config.context = keys.size("context_length");
    config.rope_base = keys.positive("rope.freq_base", 10000.0);
    config.norm_epsilon = keys.positive("attention.layer_norm_rms_epsilon", std::nullopt);
    check_heads(config, keys.path());
    refuse_unknown_variants(keys, config);
    config.qkv_bias = architecture == "qwen2";
    config.qk_norm = architecture == "qwen3";
    if (architecture == "gemma3") read_gemma3(keys, config);
    config.windows = windows(keys, config);
    const auto& embedding = file.at("token_embd.weight").shape;
    config.vocabulary = keys.size("vocab_size", embedding.empty() ? 1 : embedding.front());
    config.tied_embeddings = file.find("output.weight") == nullptr;
    check_tensors(file, config);
    config.rope_divisors = rope_divisors(file, keys, config);
    return config;
}

}  // namespace dotmoe
