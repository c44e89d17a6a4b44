#include "pipeline/inspect.h"

#include <map>

#include "base/error.h"
#include "base/paths.h"
#include "model/stored_model.h"

namespace dotmoe {

ModelSummary inspect(const std::filesystem::path& model) {
    const auto stored = open_stored_model(model);
    ModelSummary summary;
    summary.path = without_trailing_slash(model);
    summary.format = stored->format();
    for (const auto& file : model_files(model))
        summary.file_bytes += static_cast<std::int64_t>(std::filesystem::file_size(file));
    for (const auto& tensor : stored->tensors()) {
        summary.tensors.push_back({tensor.name, tensor.type, tensor.shape, tensor.bytes});
        summary.parameters += tensor.elements;
        if (stored->is_ffn_weight(tensor.name)) summary.ffn_parameters += tensor.elements;
    }
    if (summary.tensors.empty())
        fail("{}: holds no tensors: a vocabulary-only file is no model", model.string());
    try {
        summary.config = stored->config();
    } catch (const Error& error) {
        summary.config = stored->described();
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
