#include "model/save.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "formats/gguf_writer.h"
#include "model/weight_table.h"
#include "text/gguf_vocabulary.h"

namespace dotmoe {
namespace {

void add_shape(GgufMetadata& metadata, const ModelConfig& config) {
    const auto add = [&](std::string_view key, gguf::Value value) {
        metadata.emplace_back(fmt::format("{}.{}", config.architecture, key), std::move(value));
    };
    const auto count = [](std::int64_t value) { return static_cast<std::uint64_t>(value); };
    add("block_count", count(config.layers));
    add("context_length", count(config.context));
    add("embedding_length", count(config.width));
    add("feed_forward_length", count(config.neurons));
    add("attention.head_count", count(config.heads));
    add("attention.head_count_kv", count(config.kv_heads));
    add("attention.key_length", count(config.head_width));
    add("attention.value_length", count(config.head_width));
    add("attention.layer_norm_rms_epsilon", config.norm_epsilon);
    add("rope.dimension_count", count(config.head_width));
    add("rope.freq_base", config.rope_base);
    add("vocab_size", count(config.vocabulary));
    if (config.score_scale) add("attention.scale", *config.score_scale);
    if (config.window_rope_base) add("rope.freq_base_swa", *config.window_rope_base);
    if (config.windows.empty()) return;
    // One window, and which layers have it: families know no second.
    add("attention.sliding_window", count(*std::ranges::max_element(config.windows)));
    std::vector<bool> sliding;
    for (const auto window : config.windows) sliding.push_back(window > 0);
    add("attention.sliding_window_pattern", sliding);
}

gguf::TensorToWrite as_f32(std::string name, const at::Tensor& tensor) {
    const auto bytes = [tensor] {
        const auto values = tensor.detach().to(at::kCPU, at::kFloat).contiguous();
        std::vector<std::byte> result(values.nbytes());
        std::memcpy(result.data(), values.const_data_ptr(), result.size());
        return result;
    };
    return {std::move(name), gguf::TensorType::F32, tensor.sizes().vec(), bytes};
}

}  // namespace

void save_model(const std::filesystem::path& path, const std::string& name, const ModelConfig& config,
                const Weights& weights, const Vocabulary& vocabulary) {
    GgufMetadata metadata{{"general.architecture", config.architecture}, {"general.name", name}};
    add_shape(metadata, config);
    add_vocabulary(metadata, vocabulary);

    std::vector<gguf::TensorToWrite> tensors;
    for (const auto& tensor : global_tensors(config))
        tensors.push_back(as_f32(tensor.gguf, weights.*tensor.field));
    if (!config.rope_divisors.empty())
        tensors.push_back(as_f32("rope_freqs.weight", at::tensor(config.rope_divisors)));
    const auto layer_weights = layer_tensors(config);
    for (std::int64_t layer = 0; layer < config.layers; ++layer)
        for (const auto& tensor : layer_weights) {
            const auto& values = weights.layers[static_cast<std::size_t>(layer)].*tensor.field;
            tensors.push_back(
                as_f32(gguf_name(tensor, layer), is_interleaved(tensor, config)
                                                     ? half_split_to_interleaved(values, config.head_width)
                                                     : values));
        }
    gguf::write(path, metadata, tensors);
}

}  // namespace dotmoe
