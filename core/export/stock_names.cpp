#include "export/stock_names.h"

#include <fmt/format.h>

namespace dotmoe {

std::map<std::string, std::vector<std::int64_t>> stock_shapes(const StockConfig& c) {
    std::map<std::string, std::vector<std::int64_t>> shapes;
    const auto queries = c.heads * c.head_width, keys = c.kv_heads * c.head_width, m = c.expert_neurons;
    shapes["model.embed_tokens.weight"] = {c.vocabulary, c.width};
    shapes["model.norm.weight"] = {c.width};
    if (!c.tied_embeddings) shapes["lm_head.weight"] = {c.vocabulary, c.width};
    for (std::int64_t l = 0; l < c.layers; ++l) {
        const auto layer = fmt::format("model.layers.{}.", l);
        shapes[layer + "input_layernorm.weight"] = {c.width};
        shapes[layer + "post_attention_layernorm.weight"] = {c.width};
        shapes[layer + "self_attn.q_proj.weight"] = {queries, c.width};
        shapes[layer + "self_attn.k_proj.weight"] = {keys, c.width};
        shapes[layer + "self_attn.v_proj.weight"] = {keys, c.width};
        shapes[layer + "self_attn.o_proj.weight"] = {c.width, queries};
        if (c.gating == Gating::top_k_then_softmax) {
            shapes[layer + "block_sparse_moe.router.layer.weight"] = {c.experts, c.width};
            shapes[layer + "block_sparse_moe.input_linear.weight"] = {c.experts, 2 * m, c.width};
            shapes[layer + "block_sparse_moe.output_linear.weight"] = {c.experts, c.width, m};
            if (c.shared_neurons == 0) continue;
            shapes[layer + "shared_mlp.input_linear.weight"] = {2 * c.shared_neurons, c.width};
            shapes[layer + "shared_mlp.output_linear.weight"] = {c.width, c.shared_neurons};
        } else {
            shapes[layer + "block_sparse_moe.gate.weight"] = {c.experts, c.width};
            for (std::int64_t e = 0; e < c.experts; ++e) {
                const auto expert = fmt::format("{}block_sparse_moe.experts.{}.", layer, e);
                shapes[expert + "w1.weight"] = shapes[expert + "w3.weight"] = {m, c.width};
                shapes[expert + "w2.weight"] = {c.width, m};
            }
        }
    }
    return shapes;
}

}  // namespace dotmoe
