#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "base/error.h"
#include "model/gguf_tensors.h"
#include "model/load.h"

namespace dotmoe {
namespace {

constexpr std::string_view kNeeded =
    "a dense decoder of architecture llama is needed (Llama, SmolLM, Mistral, TinyLlama, ...)";

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

bool is_encoder(std::string_view architecture) {
    return architecture.find("bert") != std::string_view::npos || architecture.starts_with("t5") ||
           architecture == "gemma-embedding" || architecture == "clip";
}

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
    if (architecture != "llama")
        fail("{}: architecture '{}' is not known here: {}", path, architecture, kNeeded);
}

/// Variants of llama that this forward pass would get wrong without a word.
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
    if (const auto type = keys.get<std::string>("rope.scaling.type").value_or("none"); type != "none")
        refuse("rope.scaling.type", type, "RoPE scaling");
    if (const double factor = keys.get<double>("rope.scale_linear").value_or(1); factor != 1)
        refuse("rope.scale_linear", factor, "RoPE scaling");
    if (const auto n = keys.get<std::int64_t>("attention.sliding_window").value_or(0);
        n > 0 && n < config.context)
        refuse("attention.sliding_window", n, "a window shorter than the context");
}

void check_shape(const gguf::File& file, const std::string& name, const std::vector<std::int64_t>& expected) {
    const auto& tensor = file.at(name);
    if (tensor.shape != expected)
        fail("{}: {} has shape [{}], the metadata ask for [{}]: the file is damaged", file.path().string(),
             name, fmt::join(tensor.shape, ", "), fmt::join(expected, ", "));
}

/// Every tensor there must be, with its shape, and no other: an unknown one (a bias, RoPE factors) would
/// change the model.
void check_tensors(const gguf::File& file, const ModelConfig& config) {
    std::set<std::string, std::less<>> known;
    const auto check = [&](const std::string& name, const std::vector<std::int64_t>& shape) {
        check_shape(file, name, shape);
        known.insert(name);
    };
    for (const auto& tensor : global_tensors(config)) check(tensor_name(tensor), tensor.shape);
    const auto stems = layer_tensors(config);
    for (std::int64_t layer = 0; layer < config.layers; ++layer)
        for (const auto& tensor : stems) check(tensor_name(tensor, layer), tensor.shape);
    for (const auto& tensor : file.tensors())
        if (!known.contains(tensor.name))
            fail(
                "{}: {} is not part of a plain llama model: biases, RoPE factors and adapters are not "
                "supported",
                file.path().string(), tensor.name);
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
    if (config.heads % config.kv_heads != 0)
        fail("{}: {} heads cannot share {} key heads: the file is damaged", keys.path(), config.heads,
             config.kv_heads);
    if (config.head_width % 2 != 0)
        fail("{}: heads of {} dimensions cannot be rotated in pairs: the file is damaged", keys.path(),
             config.head_width);
    refuse_unknown_variants(keys, config);

    const auto& embedding = file.at("token_embd.weight").shape;
    config.vocabulary = keys.size("vocab_size", embedding.empty() ? 1 : embedding.front());
    config.tied_embeddings = file.find("output.weight") == nullptr;
    check_tensors(file, config);
    return config;
}

}  // namespace dotmoe
