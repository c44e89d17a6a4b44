#include "pipeline/inspect.h"

#include <map>
#include <string_view>

#include "base/error.h"
#include "formats/gguf.h"
#include "model/load.h"

namespace dotmoe {
namespace {

bool is_ffn_weight(std::string_view name) {
    return name.starts_with("blk.") &&
           (name.ends_with(".ffn_gate.weight") || name.ends_with(".ffn_up.weight") ||
            name.ends_with(".ffn_down.weight"));
}

/// What the metadata says of a model that read_config refuses, so that the user still sees what the file is.
ModelConfig describe_refused(const gguf::File& file) {
    ModelConfig config;
    config.architecture = file.get<std::string>("general.architecture").value_or("unknown");
    const auto count = [&](std::string_view key) {
        const auto found = file.metadata().find(fmt::format("{}.{}", config.architecture, key));
        if (found == file.metadata().end()) return std::int64_t{0};
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

}  // namespace

ModelSummary inspect(const std::filesystem::path& model) {
    const gguf::File file(model);
    if (file.tensors().empty())
        fail("{}: holds no tensors: a vocabulary-only file is no model", model.string());
    ModelSummary summary;
    summary.path = model;
    summary.format = fmt::format("GGUF v{}", file.version());
    summary.file_bytes = static_cast<std::int64_t>(std::filesystem::file_size(model));
    for (const auto& tensor : file.tensors()) {
        summary.tensors.push_back({tensor.name, std::string(gguf::type_name(tensor.type)), tensor.shape,
                                   static_cast<std::int64_t>(tensor.data.size())});
        summary.parameters += tensor.elements();
        if (is_ffn_weight(tensor.name)) summary.ffn_parameters += tensor.elements();
    }
    try {
        summary.config = read_config(file);
    } catch (const Error& error) {
        summary.config = describe_refused(file);
        summary.refusal = error.what();
    }
    return summary;
}

void to_json(nlohmann::json& json, const ModelSummary& summary) {
    const auto& config = summary.config;
    auto tensors = nlohmann::json::array();
    std::map<std::string, std::int64_t> types;
    for (const auto& tensor : summary.tensors) {
        tensors.push_back(
            {{"name", tensor.name}, {"type", tensor.type}, {"shape", tensor.shape}, {"bytes", tensor.bytes}});
        ++types[tensor.type];
    }
    json = {{"path", summary.path.string()},
            {"format", summary.format},
            {"architecture", config.architecture},
            {"layers", config.layers},
            {"width", config.width},
            {"neurons", config.neurons},
            {"heads", config.heads},
            {"kv_heads", config.kv_heads},
            {"head_width", config.head_width},
            {"vocabulary", config.vocabulary},
            {"context", config.context},
            {"tied_embeddings", config.tied_embeddings},
            {"parameters", summary.parameters},
            {"ffn_parameters", summary.ffn_parameters},
            {"file_bytes", summary.file_bytes},
            {"convertible", summary.refusal.empty()},
            {"refusal", summary.refusal},
            {"tensor_types", types},
            {"tensors", std::move(tensors)}};
}

}  // namespace dotmoe
