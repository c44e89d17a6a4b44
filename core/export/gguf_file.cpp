#include "export/gguf_file.h"

#include <fmt/format.h>

#include <array>

#include "base/paths.h"
#include "base/system.h"
#include "export/rope_scaling.h"
#include "formats/gguf_writer.h"
#include "formats/number_format.h"
#include "text/gguf_vocabulary.h"

namespace dotmoe {
namespace {

using Metadata = GgufMetadata;

gguf::Value count(std::int64_t value) {
    return static_cast<std::uint64_t>(value);
}

/// llama.cpp's llama_ftype: what most of the tensors are.
std::int64_t file_type(NumberFormat numbers) {
    switch (numbers) {
        case NumberFormat::f32:
            return 0;
        case NumberFormat::f16:
            return 1;
        case NumberFormat::q8_0:
            return 7;
        case NumberFormat::q4_k:
            return 14;
        case NumberFormat::bf16:
            return 32;
    }
    return 0;
}

void add_general(Metadata& metadata, const ExportPlan& plan) {
    metadata.emplace_back("general.architecture", std::string(plan.architecture->name));
    metadata.emplace_back("general.type", "model");
    metadata.emplace_back("general.file_type", count(file_type(plan.numbers)));
    metadata.emplace_back("general.quantization_version", count(2));
}

void add_shape(Metadata& metadata, const ModelConfig& config, const ExportPlan& plan) {
    const auto add = [&](std::string_view key, gguf::Value value) {
        metadata.emplace_back(fmt::format("{}.{}", plan.architecture->name, key), std::move(value));
    };
    const auto& layout = plan.layout;
    const auto capacity = layout.capacity(config.neurons);
    add("block_count", count(config.layers));
    add("context_length", count(config.context));
    add("embedding_length", count(config.width));
    add("feed_forward_length", count(capacity));
    add("attention.head_count", count(config.heads));
    add("attention.head_count_kv", count(config.kv_heads));
    add("attention.key_length", count(config.head_width));
    add("attention.value_length", count(config.head_width));
    add("attention.layer_norm_rms_epsilon", config.norm_epsilon);
    add("rope.dimension_count", count(config.head_width));
    add("rope.freq_base", config.rope_base);
    if (const auto factor = linear_scaling(config); factor && *factor != 1) {
        add("rope.scaling.type", "linear");
        add("rope.scaling.factor", *factor);
    }
    add("vocab_size", count(config.vocabulary));
    add("expert_count", count(layout.experts));
    add("expert_used_count", count(layout.active));
    if (plan.architecture->name == "glm4moe") {
        constexpr std::int64_t softmax_of_the_selected = 3;
        add("expert_feed_forward_length", count(capacity));
        add("expert_shared_count",
            count(shared_width(*plan.architecture, layout.shared, capacity) / capacity));
        add("leading_dense_block_count", count(0));
        add("expert_gating_func", count(softmax_of_the_selected));
        add("expert_weights_norm", true);
        add("expert_weights_scale", static_cast<double>(layout.active));
    } else if (plan.architecture->name == "granitemoe") {
        add("expert_shared_feed_forward_length", count(layout.shared));
        add("logit_scale", 1.0);
    }
}

/// Name, licence and tokenizer of the source: a GGUF's own keys, or what a folder says in theirs.
void add_source(Metadata& metadata, const Model& model) {
    if (std::filesystem::is_directory(model.path)) {
        metadata.emplace_back("general.name", name_of_model(model.path));
        return add_vocabulary(metadata, model.tokenizer->vocabulary());
    }
    constexpr std::array carried{"general.name",         "general.organization", "general.license",
                                 "general.license.name", "general.license.link", "general.languages"};
    const gguf::File source(model.path);
    for (const auto* key : carried)
        if (const auto found = source.metadata().find(key); found != source.metadata().end())
            metadata.emplace_back(*found);
    for (const auto& entry : source.metadata())
        if (entry.first.starts_with("tokenizer.")) metadata.emplace_back(entry);
}

}  // namespace

void write_gguf(const std::filesystem::path& file, const Model& model, const ExportPlan& plan,
                const std::string& card, const std::string& source_sha256,
                const std::vector<ExportTensor>& tensors) {
    Metadata metadata;
    add_general(metadata, plan);
    add_shape(metadata, model.config, plan);
    add_source(metadata, model);
    metadata.emplace_back("dotmoe.version", std::string(version()));
    metadata.emplace_back("dotmoe.source_sha256", source_sha256);
    metadata.emplace_back("dotmoe.model_card", card);

    std::vector<gguf::TensorToWrite> entries;
    for (const auto& tensor : tensors) {
        const auto type = stored_type(tensor, plan.numbers);
        entries.push_back(
            {tensor.name, type, tensor.shape, [make = tensor.make, type] { return encoded(make(), type); }});
    }
    gguf::write(file, metadata, entries);
}

}  // namespace dotmoe
