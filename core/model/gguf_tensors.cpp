#include "model/gguf_tensors.h"

#include <fmt/format.h>

namespace dotmoe {

std::vector<LayerTensor> layer_tensors(const ModelConfig& config) {
    const auto d = config.width, n = config.neurons;
    const auto q = config.heads * config.head_width, kv = config.kv_heads * config.head_width;
    return {{"attn_norm", &LayerWeights::attention_norm, {d}}, {"attn_q", &LayerWeights::query, {q, d}},
            {"attn_k", &LayerWeights::key, {kv, d}},           {"attn_v", &LayerWeights::value, {kv, d}},
            {"attn_output", &LayerWeights::output, {d, q}},    {"ffn_norm", &LayerWeights::ffn_norm, {d}},
            {"ffn_gate", &LayerWeights::gate, {n, d}},         {"ffn_up", &LayerWeights::up, {n, d}},
            {"ffn_down", &LayerWeights::down, {d, n}}};
}

std::vector<GlobalTensor> global_tensors(const ModelConfig& config) {
    const auto d = config.width, v = config.vocabulary;
    std::vector<GlobalTensor> tensors{{"token_embd", &Weights::embedding, {v, d}},
                                      {"output_norm", &Weights::norm, {d}}};
    if (!config.tied_embeddings) tensors.push_back({"output", &Weights::head, {v, d}});
    return tensors;
}

std::string tensor_name(const LayerTensor& tensor, std::int64_t layer) {
    return fmt::format("blk.{}.{}.weight", layer, tensor.stem);
}

std::string tensor_name(const GlobalTensor& tensor) {
    return tensor.stem + ".weight";
}

at::Tensor interleaved_to_half_split(const at::Tensor& rows, std::int64_t head_width) {
    return rows.view({-1, head_width / 2, 2, rows.size(1)}).transpose(1, 2).reshape(rows.sizes());
}

at::Tensor half_split_to_interleaved(const at::Tensor& rows, std::int64_t head_width) {
    return rows.view({-1, 2, head_width / 2, rows.size(1)}).transpose(1, 2).reshape(rows.sizes());
}

bool has_rope_rows(const LayerTensor& tensor) {
    return tensor.field == &LayerWeights::query || tensor.field == &LayerWeights::key;
}

}  // namespace dotmoe
