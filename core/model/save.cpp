#include "model/save.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "formats/gguf_writer.h"
#include "model/weight_table.h"
#include "text/sentencepiece_bpe.h"

namespace dotmoe {
namespace {

using Metadata = std::vector<std::pair<std::string, gguf::Value>>;

void add_shape(Metadata& metadata, const ModelConfig& config) {
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
    if (config.windows.empty()) return;
    // One window, and which layers have it: families know no second.
    add("attention.sliding_window", count(*std::ranges::max_element(config.windows)));
    std::vector<bool> sliding;
    for (const auto window : config.windows) sliding.push_back(window > 0);
    add("attention.sliding_window_pattern", sliding);
}

void add_vocabulary(Metadata& metadata, const Vocabulary& vocabulary) {
    std::vector<std::int64_t> kinds;
    for (const auto kind : vocabulary.kinds) kinds.push_back(static_cast<std::int64_t>(kind));
    const bool sentencepiece = vocabulary.model == TokenizerModel::sentencepiece;
    metadata.emplace_back("tokenizer.ggml.model", sentencepiece ? "llama" : "gpt2");
    metadata.emplace_back("tokenizer.ggml.tokens", vocabulary.tokens);
    metadata.emplace_back("tokenizer.ggml.token_type", kinds);
    if (sentencepiece) {
        metadata.emplace_back("tokenizer.ggml.scores", sentencepiece_scores(vocabulary));
        metadata.emplace_back("tokenizer.ggml.add_space_prefix",
                              vocabulary.space_prefix != SpacePrefix::none);
        if (vocabulary.space_prefix == SpacePrefix::first) metadata.emplace_back(kSpacePrefixOnce, true);
    } else {
        metadata.emplace_back("tokenizer.ggml.pre", vocabulary.pre_tokenizer);
        metadata.emplace_back("tokenizer.ggml.merges", vocabulary.merges);
    }
    const auto add_id = [&](std::string_view which, const std::optional<TokenId>& id) {
        if (id)
            metadata.emplace_back(fmt::format("tokenizer.ggml.{}_token_id", which),
                                  static_cast<std::uint64_t>(*id));
    };
    add_id("bos", vocabulary.bos);
    add_id("eos", vocabulary.eos);
    add_id("padding", vocabulary.pad);
    add_id("unknown", vocabulary.unknown);
    metadata.emplace_back("tokenizer.ggml.add_bos_token", vocabulary.add_bos);
    if (!vocabulary.chat_template.empty())
        metadata.emplace_back("tokenizer.chat_template", vocabulary.chat_template);
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
    Metadata metadata{{"general.architecture", config.architecture}, {"general.name", name}};
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
