#include "model/weight_table.h"

#include <fmt/format.h>

namespace dotmoe {

std::vector<LayerTensor> layer_tensors(const ModelConfig& config) {
    using W = LayerWeights;
    const auto d = config.width, n = config.neurons, h = config.head_width;
    const auto q = config.heads * h, kv = config.kv_heads * h;
    // Where there are post-norms, Hugging Face's second norm is the one behind attention.
    const char* ffn_norm =
        config.post_norms ? "pre_feedforward_layernorm.weight" : "post_attention_layernorm.weight";
    std::vector<LayerTensor> tensors{{"attn_norm.weight", "input_layernorm.weight", &W::attention_norm, {d}},
                                     {"attn_q.weight", "self_attn.q_proj.weight", &W::query, {q, d}},
                                     {"attn_k.weight", "self_attn.k_proj.weight", &W::key, {kv, d}},
                                     {"attn_v.weight", "self_attn.v_proj.weight", &W::value, {kv, d}},
                                     {"attn_output.weight", "self_attn.o_proj.weight", &W::output, {d, q}},
                                     {"ffn_norm.weight", ffn_norm, &W::ffn_norm, {d}},
                                     {"ffn_gate.weight", "mlp.gate_proj.weight", &W::gate, {n, d}},
                                     {"ffn_up.weight", "mlp.up_proj.weight", &W::up, {n, d}},
                                     {"ffn_down.weight", "mlp.down_proj.weight", &W::down, {d, n}}};
    if (config.qkv_bias) {
        tensors.push_back({"attn_q.bias", "self_attn.q_proj.bias", &W::query_bias, {q}});
        tensors.push_back({"attn_k.bias", "self_attn.k_proj.bias", &W::key_bias, {kv}});
        tensors.push_back({"attn_v.bias", "self_attn.v_proj.bias", &W::value_bias, {kv}});
    }
    if (config.qk_norm) {
        tensors.push_back({"attn_q_norm.weight", "self_attn.q_norm.weight", &W::query_norm, {h}});
        tensors.push_back({"attn_k_norm.weight", "self_attn.k_norm.weight", &W::key_norm, {h}});
    }
    if (config.post_norms) {
        tensors.push_back(
            {"post_attention_norm.weight", "post_attention_layernorm.weight", &W::attention_post_norm, {d}});
        tensors.push_back(
            {"post_ffw_norm.weight", "post_feedforward_layernorm.weight", &W::ffn_post_norm, {d}});
    }
    return tensors;
}

std::vector<GlobalTensor> global_tensors(const ModelConfig& config) {
    const auto d = config.width, v = config.vocabulary;
    std::vector<GlobalTensor> tensors{
        {"token_embd.weight", "model.embed_tokens.weight", &Weights::embedding, {v, d}},
        {"output_norm.weight", "model.norm.weight", &Weights::norm, {d}}};
    if (!config.tied_embeddings)
        tensors.push_back({"output.weight", "lm_head.weight", &Weights::head, {v, d}});
    return tensors;
}

std::string gguf_name(const LayerTensor& tensor, std::int64_t layer) {
    return fmt::format("blk.{}.{}", layer, tensor.gguf);
}

std::string huggingface_name(const LayerTensor& tensor, std::int64_t layer) {
    return fmt::format("model.layers.{}.{}", layer, tensor.huggingface);
}

at::Tensor interleaved_to_half_split(const at::Tensor& rows, std::int64_t head_width) {
    return rows.view({-1, head_width / 2, 2, rows.size(1)}).transpose(1, 2).reshape(rows.sizes());
}

at::Tensor half_split_to_interleaved(const at::Tensor& rows, std::int64_t head_width) {
    return rows.view({-1, 2, head_width / 2, rows.size(1)}).transpose(1, 2).reshape(rows.sizes());
}

bool is_offset_norm(const std::vector<std::int64_t>& shape, const ModelConfig& config) {
    return config.architecture == "gemma3" && shape.size() == 1;
}

bool is_interleaved(const LayerTensor& tensor, const ModelConfig& config) {
    return config.architecture == "llama" &&
           (tensor.field == &LayerWeights::query || tensor.field == &LayerWeights::key);
}

}  // namespace dotmoe
