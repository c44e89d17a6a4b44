#include "model/huggingface_model.h"

#include <fmt/ranges.h>

#include <set>

#include "base/error.h"
#include "formats/torch_safetensors.h"
#include "model/huggingface_config.h"
#include "model/read_tensor.h"

namespace dotmoe {
namespace {

using safetensors::DType;

/// Left in old checkpoints and read by nobody: tables that follow from config.json.
bool is_leftover(const std::string& name) {
    return name.ends_with(".rotary_emb.inv_freq");
}

}  // namespace

// config.json is asked before the weights are opened: quantised ones may be of types unknown here.
HuggingFaceModel::HuggingFaceModel(const std::filesystem::path& folder)
    : path_(folder), json_(folder / "config.json"), weights_((refuse_quantised(json_), folder)) {}

std::string HuggingFaceModel::format() const {
    const auto count = weights_.shards().size();
    return count == 1 ? "safetensors" : fmt::format("safetensors, {} shards", count);
}

std::vector<StoredTensor> HuggingFaceModel::tensors() const {
    std::vector<StoredTensor> list;
    for (const auto& shard : weights_.shards())
        for (const auto& tensor : shard.tensors()) {
            const auto bytes = static_cast<std::int64_t>(tensor.data.size());
            list.push_back({tensor.name, std::string(safetensors::dtype_name(tensor.dtype)), tensor.shape,
                            bytes / safetensors::dtype_size(tensor.dtype), bytes});
        }
    return list;
}

bool HuggingFaceModel::is_ffn_weight(const std::string& tensor) const {
    return tensor.ends_with(".mlp.gate_proj.weight") || tensor.ends_with(".mlp.up_proj.weight") ||
           tensor.ends_with(".mlp.down_proj.weight");
}

std::string HuggingFaceModel::title() const {
    return {};
}

std::string HuggingFaceModel::license() const {
    return {};
}

void HuggingFaceModel::check(const std::string& name, const std::vector<std::int64_t>& shape) const {
    const auto [shard, tensor] = weights_.at(name);
    if (tensor->dtype != DType::F32 && tensor->dtype != DType::F16 && tensor->dtype != DType::BF16)
        fail("{}: tensor '{}' is {}: F32, F16 or BF16 is needed", shard->path().string(), name,
             safetensors::dtype_name(tensor->dtype));
    if (tensor->shape != shape)
        fail("{}: tensor '{}' has shape [{}], config.json asks for [{}]: the files do not belong together",
             shard->path().string(), name, fmt::join(tensor->shape, ", "), fmt::join(shape, ", "));
}

void HuggingFaceModel::refuse_unknown_tensors(const ModelConfig& config) const {
    std::set<std::string, std::less<>> known;
    for (const auto& tensor : global_tensors(config)) known.insert(tensor.huggingface);
    const auto tensors = layer_tensors(config);
    for (std::int64_t layer = 0; layer < config.layers; ++layer)
        for (const auto& tensor : tensors) known.insert(huggingface_name(tensor, layer));
    // A tied model may keep a copy of its embedding, which transformers does not read either.
    known.insert("lm_head.weight");
    for (const auto& shard : weights_.shards())
        for (const auto& tensor : shard.tensors())
            if (!known.contains(tensor.name) && !is_leftover(tensor.name))
                fail(
                    "{}: tensor '{}' is not part of a plain {} model: other biases, norms and adapters are "
                    "not supported",
                    shard.path().string(), tensor.name, config.architecture);
}

ModelConfig HuggingFaceModel::config() const {
    const auto config = read_huggingface_config(json_);
    for (const auto& tensor : global_tensors(config)) check(tensor.huggingface, tensor.shape);
    const auto tensors = layer_tensors(config);
    for (std::int64_t layer = 0; layer < config.layers; ++layer)
        for (const auto& tensor : tensors) check(huggingface_name(tensor, layer), tensor.shape);
    refuse_unknown_tensors(config);
    return config;
}

ModelConfig HuggingFaceModel::described() const {
    return describe_huggingface_config(json_);
}

std::shared_ptr<const Tokenizer> HuggingFaceModel::tokenizer(const ModelConfig& config) const {
    return Tokenizer::from_huggingface(path_, config.vocabulary);
}

at::Tensor HuggingFaceModel::read(const std::string& name) const {
    const auto [shard, tensor] = weights_.at(name);
    auto values = to_tensor(*tensor).to(at::kFloat);
    check_finite(values, name, shard->path());
    return values;
}

at::Tensor HuggingFaceModel::read(const GlobalTensor& tensor, const ModelConfig& config) const {
    const auto values = read(tensor.huggingface);
    return is_offset_norm(tensor.shape, config) ? values + 1 : values;
}

at::Tensor HuggingFaceModel::read(const LayerTensor& tensor, std::int64_t layer,
                                  const ModelConfig& config) const {
    const auto values = read(huggingface_name(tensor, layer));
    return is_offset_norm(tensor.shape, config) ? values + 1 : values;
}

}  // namespace dotmoe
