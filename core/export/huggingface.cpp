#include "export/huggingface.h"

#include "base/files.h"
#include "base/system.h"
#include "export/huggingface_config.h"
#include "export/json_text.h"
#include "export/safetensors_shards.h"
#include "export/tokenizer_json.h"
#include "formats/number_format.h"

namespace dotmoe {
namespace fs = std::filesystem;
namespace {

void write_json(const fs::path& path, const auto& json) {
    write_file_atomically(path, json_text(json, path.filename().string()));
}

void write_tokenizer(const fs::path& folder, const Model& model) {
    const auto& vocabulary = model.tokenizer->vocabulary();
    write_json(folder / "tokenizer.json", tokenizer_json(vocabulary));
    write_json(folder / "tokenizer_config.json", tokenizer_config_json(vocabulary, model.config.context));
    write_json(folder / "special_tokens_map.json", special_tokens_map_json(vocabulary));
}

safetensors::DType dtype_of(gguf::TensorType type) {
    switch (type) {
        case gguf::TensorType::F16:
            return safetensors::DType::F16;
        case gguf::TensorType::BF16:
            return safetensors::DType::BF16;
        default:
            return safetensors::DType::F32;
    }
}

std::vector<safetensors::TensorToWrite> entries(const std::vector<ExportTensor>& tensors,
                                                NumberFormat numbers) {
    std::vector<safetensors::TensorToWrite> result;
    for (const auto& tensor : tensors) {
        const auto type = stored_type(tensor, numbers);
        result.push_back({tensor.name, dtype_of(type), tensor.shape,
                          [make = tensor.make, type] { return encoded(make(), type); }});
    }
    return result;
}

}  // namespace

void write_huggingface(const fs::path& folder, const Model& model, const ExportPlan& plan,
                       const std::string& card, const std::string& source_sha256,
                       const std::vector<ExportTensor>& tensors) {
    write_json(folder / "config.json", config_json(model, plan));
    write_json(folder / "generation_config.json", generation_config_json(model.tokenizer->vocabulary()));
    write_tokenizer(folder, model);
    write_file_atomically(folder / "README.md", card);
    // "format" is what transformers asks for.
    write_shards(folder, entries(tensors, plan.numbers),
                 {{"format", "pt"},
                  {"generator", fmt::format("dotmoe {}", version())},
                  {"source_sha256", source_sha256}},
                 plan.shard_bytes);
}

}  // namespace dotmoe
