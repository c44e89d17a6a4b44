#include "model/gguf_model.h"

#include "base/error.h"
#include "model/load.h"
#include "model/read_tensor.h"

namespace dotmoe {

std::string GgufModel::format() const {
    return fmt::format("GGUF v{}", file_.version());
}

std::vector<StoredTensor> GgufModel::tensors() const {
    std::vector<StoredTensor> list;
    for (const auto& tensor : file_.tensors())
        list.push_back({tensor.name, std::string(gguf::type_name(tensor.type)), tensor.shape,
                        tensor.elements(), static_cast<std::int64_t>(tensor.data.size())});
    return list;
}

bool GgufModel::is_ffn_weight(const std::string& tensor) const {
    return tensor.starts_with("blk.") &&
           (tensor.ends_with(".ffn_gate.weight") || tensor.ends_with(".ffn_up.weight") ||
            tensor.ends_with(".ffn_down.weight"));
}

std::string GgufModel::title() const {
    return file_.get<std::string>("general.name").value_or("");
}

std::string GgufModel::license() const {
    return file_.get<std::string>("general.license").value_or("");
}

ModelConfig GgufModel::config() const {
    return read_config(file_);
}

ModelConfig GgufModel::described() const {
    ModelConfig config;
    config.architecture = file_.get<std::string>("general.architecture").value_or("unknown");
    const auto count = [&](std::string_view key) {
        const auto found = file_.metadata().find(fmt::format("{}.{}", config.architecture, key));
        if (found == file_.metadata().end()) return std::int64_t{0};
        const auto* wide = std::get_if<std::uint64_t>(&found->second);
        const auto* narrow = std::get_if<std::int64_t>(&found->second);
        return wide ? static_cast<std::int64_t>(*wide) : narrow ? *narrow : 0;
    };
    config.layers = count("block_count");
    config.width = count("embedding_length");
    config.neurons = count("feed_forward_length");
    config.heads = count("attention.head_count");
    config.kv_heads = count("attention.head_count_kv");
    config.context = count("context_length");
    config.vocabulary = count("vocab_size");
    return config;
}

std::shared_ptr<const Tokenizer> GgufModel::tokenizer(const ModelConfig& config) const {
    auto tokenizer = Tokenizer::from_gguf(file_);
    if (tokenizer->size() != config.vocabulary)
        fail("{}: the tokenizer has {} tokens and the embedding {}: the file is damaged",
             file_.path().string(), tokenizer->size(), config.vocabulary);
    return tokenizer;
}

at::Tensor GgufModel::read(const std::string& name) const {
    const auto& tensor = file_.at(name);
    auto values = read_tensor(tensor);
    check_finite(values, name, file_.path());
    return values;
}

at::Tensor GgufModel::read(const GlobalTensor& tensor, const ModelConfig&) const {
    return read(tensor.gguf);
}

at::Tensor GgufModel::read(const LayerTensor& tensor, std::int64_t layer, const ModelConfig& config) const {
    const auto values = read(gguf_name(tensor, layer));
    return is_interleaved(tensor, config) ? interleaved_to_half_split(values, config.head_width) : values;
}

}  // namespace dotmoe
