#include "export/stock_names.h"

#include <fmt/format.h>

namespace dotmoe {
namespace {

// transformers, models/mixtral/modeling_mixtral.py of 4.57.
constexpr StockNames mixtral{"model.embed_tokens.weight",
                             "model.norm.weight",
                             "lm_head.weight",
                             "model.layers.{}.",
                             {},
                             "input_layernorm.weight",
                             "self_attn.q_proj.weight",
                             "self_attn.k_proj.weight",
                             "self_attn.v_proj.weight",
                             "self_attn.o_proj.weight",
                             "post_attention_layernorm.weight",
                             "self_attn.q_proj.bias",
                             "self_attn.k_proj.bias",
                             "self_attn.v_proj.bias",
                             "self_attn.o_proj.bias",
                             "self_attn.q_norm.weight",
                             "self_attn.k_norm.weight",
                             "block_sparse_moe.gate.weight",
                             {},
                             "block_sparse_moe.experts.{}.w1.weight",
                             "block_sparse_moe.experts.{}.w3.weight",
                             "block_sparse_moe.experts.{}.w2.weight",
                             {},
                             {},
                             {},
                             {},
                             false};

// models/granitemoeshared/modeling_granitemoeshared.py.
constexpr StockNames granite_moe() {
    auto names = mixtral;
    names.router = "block_sparse_moe.router.layer.weight";
    names.gate = "block_sparse_moe.input_linear.weight";
    names.up = {};
    names.down = "block_sparse_moe.output_linear.weight";
    names.shared_gate = "shared_mlp.input_linear.weight";
    names.shared_down = "shared_mlp.output_linear.weight";
    names.stacked = true;
    return names;
}
constexpr StockNames granite = granite_moe();

constexpr StockNames qwen3() {
    auto names = mixtral;
    names.router = "mlp.gate.weight";
    names.gate = "mlp.experts.{}.gate_proj.weight";
    names.up = "mlp.experts.{}.up_proj.weight";
    names.down = "mlp.experts.{}.down_proj.weight";
    return names;
}
// models/qwen3_moe/modeling_qwen3_moe.py.
constexpr StockNames qwen3_moe = qwen3();

constexpr StockNames qwen2() {
    auto names = qwen3();
    names.shared_gate = "mlp.shared_expert.gate_proj.weight";
    names.shared_up = "mlp.shared_expert.up_proj.weight";
    names.shared_down = "mlp.shared_expert.down_proj.weight";
    names.shared_weight = "mlp.shared_expert_gate.weight";
    return names;
}
// models/qwen2_moe/modeling_qwen2_moe.py.
constexpr StockNames qwen2_moe = qwen2();

constexpr StockNames glm4_of_transformers() {
    auto names = qwen2();
    names.selection_bias = "mlp.gate.e_score_correction_bias";
    names.shared_gate = "mlp.shared_experts.gate_proj.weight";
    names.shared_up = "mlp.shared_experts.up_proj.weight";
    names.shared_down = "mlp.shared_experts.down_proj.weight";
    return names;
}
// models/glm4_moe/modeling_glm4_moe.py.
constexpr StockNames glm4_moe = glm4_of_transformers();

// llama.cpp, src/llama-arch.cpp.
constexpr StockNames llama_cpp{"token_embd.weight",
                               "output_norm.weight",
                               "output.weight",
                               "blk.{}.",
                               "rope_freqs.weight",
                               "attn_norm.weight",
                               "attn_q.weight",
                               "attn_k.weight",
                               "attn_v.weight",
                               "attn_output.weight",
                               "ffn_norm.weight",
                               "attn_q.bias",
                               "attn_k.bias",
                               "attn_v.bias",
                               {},
                               "attn_q_norm.weight",
                               "attn_k_norm.weight",
                               "ffn_gate_inp.weight",
                               {},
                               "ffn_gate_exps.weight",
                               "ffn_up_exps.weight",
                               "ffn_down_exps.weight",
                               "ffn_gate_shexp.weight",
                               "ffn_up_shexp.weight",
                               "ffn_down_shexp.weight",
                               {},
                               true};

constexpr StockNames glm4() {
    auto names = llama_cpp;
    names.rope_factors = {};
    names.ffn_norm = "post_attention_norm.weight";
    names.selection_bias = "exp_probs_b.bias";
    return names;
}
constexpr StockNames llama_cpp_glm4 = glm4();

using Shapes = std::map<std::string, std::vector<std::int64_t>>;

void add_experts(Shapes& shapes, const std::string& layer, const StockNames& names, const StockConfig& c) {
    const auto m = c.expert_neurons;
    const auto named = [&](std::string_view pattern, std::int64_t e) {
        return layer + fmt::format(fmt::runtime(pattern), e);
    };
    if (names.stacked) {
        shapes[layer + std::string(names.gate)] = {c.experts, names.up.empty() ? 2 * m : m, c.width};
        if (!names.up.empty()) shapes[layer + std::string(names.up)] = {c.experts, m, c.width};
        shapes[layer + std::string(names.down)] = {c.experts, c.width, m};
        return;
    }
    for (std::int64_t e = 0; e < c.experts; ++e) {
        shapes[named(names.gate, e)] = shapes[named(names.up, e)] = {m, c.width};
        shapes[named(names.down, e)] = {c.width, m};
    }
}

void add_shared(Shapes& shapes, const std::string& layer, const StockNames& names, const StockConfig& c) {
    const auto s = c.shared_neurons;
    shapes[layer + std::string(names.shared_gate)] = {names.shared_up.empty() ? 2 * s : s, c.width};
    if (!names.shared_up.empty()) shapes[layer + std::string(names.shared_up)] = {s, c.width};
    shapes[layer + std::string(names.shared_down)] = {c.width, s};
}

}  // namespace

const StockNames& stock_names(StockNaming naming) {
    switch (naming) {
        case StockNaming::mixtral:
            return mixtral;
        case StockNaming::granite:
            return granite;
        case StockNaming::qwen2_moe:
            return qwen2_moe;
        case StockNaming::qwen3_moe:
            return qwen3_moe;
        case StockNaming::glm4_moe:
            return glm4_moe;
        case StockNaming::gguf:
            return llama_cpp;
        case StockNaming::gguf_glm4:
            return llama_cpp_glm4;
    }
    return mixtral;
}

Shapes stock_shapes(const StockConfig& c) {
    const auto& names = stock_names(c.naming);
    Shapes shapes;
    const auto queries = c.heads * c.head_width, keys = c.kv_heads * c.head_width;
    shapes[std::string(names.embedding)] = {c.vocabulary, c.width};
    shapes[std::string(names.norm)] = {c.width};
    if (c.rope_factors) shapes[std::string(names.rope_factors)] = {c.head_width / 2};
    if (!c.tied_embeddings) shapes[std::string(names.head)] = {c.vocabulary, c.width};
    for (std::int64_t l = 0; l < c.layers; ++l) {
        const auto layer = fmt::format(fmt::runtime(names.layer), l);
        const auto add = [&](std::string_view name, std::vector<std::int64_t> shape) {
            shapes[layer + std::string(name)] = std::move(shape);
        };
        add(names.attention_norm, {c.width});
        add(names.ffn_norm, {c.width});
        add(names.query, {queries, c.width});
        add(names.key, {keys, c.width});
        add(names.value, {keys, c.width});
        add(names.output, {c.width, queries});
        if (c.attention_bias) {
            add(names.query_bias, {queries});
            add(names.key_bias, {keys});
            add(names.value_bias, {keys});
        }
        if (c.output_bias) add(names.output_bias, {c.width});
        if (c.qk_norm) {
            add(names.query_norm, {c.head_width});
            add(names.key_norm, {c.head_width});
        }
        add(names.router, {c.experts, c.width});
        if (c.selection_bias) add(names.selection_bias, {c.experts});
        add_experts(shapes, layer, names, c);
        if (c.shared_gate) add(names.shared_weight, {1, c.width});
        if (c.shared_neurons > 0) add_shared(shapes, layer, names, c);
    }
    return shapes;
}

}  // namespace dotmoe
