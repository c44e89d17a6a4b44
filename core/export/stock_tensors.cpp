#include "export/stock_tensors.h"

#include <cstring>
#include <functional>

#include "base/error.h"

namespace dotmoe {
namespace {

using Tensors = std::vector<safetensors::TensorToWrite>;

std::vector<std::byte> bytes_of(const at::Tensor& tensor) {
    const auto plain = tensor.to(at::kCPU, at::kFloat).contiguous();
    std::vector<std::byte> bytes(plain.nbytes());
    std::memcpy(bytes.data(), plain.const_data_ptr(), bytes.size());
    return bytes;
}

void add(Tensors& tensors, std::string name, std::vector<std::int64_t> shape,
         std::function<at::Tensor()> make) {
    tensors.push_back({std::move(name), safetensors::DType::F32, std::move(shape),
                       [make = std::move(make)] { return bytes_of(make()); }});
}

void add(Tensors& tensors, std::string name, const at::Tensor& tensor) {
    add(tensors, std::move(name), tensor.sizes().vec(), [tensor] { return tensor; });
}

void add_attention(Tensors& tensors, const std::string& prefix, const LayerWeights& layer) {
    add(tensors, prefix + "input_layernorm.weight", layer.attention_norm);
    add(tensors, prefix + "self_attn.q_proj.weight", layer.query);
    add(tensors, prefix + "self_attn.k_proj.weight", layer.key);
    add(tensors, prefix + "self_attn.v_proj.weight", layer.value);
    add(tensors, prefix + "self_attn.o_proj.weight", layer.output);
    add(tensors, prefix + "post_attention_layernorm.weight", layer.ffn_norm);
}

void add_router(Tensors& tensors, const std::string& name, const at::Tensor& router, double factor) {
    add(tensors, name, {router.size(1), router.size(0)}, [router, factor] { return router.t() * factor; });
}

// One matrix an expert: w1 gate, w3 up, w2 down.
void add_mixtral_experts(Tensors& tensors, const std::string& prefix, const LayerWeights& layer,
                         const std::vector<at::Tensor>& experts, std::int64_t active) {
    const auto width = layer.gate.size(1), capacity = experts.front().numel();
    for (std::size_t e = 0; e < experts.size(); ++e) {
        const auto expert = fmt::format("{}experts.{}.", prefix, e);
        const auto neurons = experts[e];
        add(tensors, expert + "w1.weight", {capacity, width},
            [=] { return layer.gate.index_select(0, neurons); });
        add(tensors, expert + "w2.weight", {width, capacity},
            [=] { return layer.down.index_select(1, neurons) * active; });
        add(tensors, expert + "w3.weight", {capacity, width},
            [=] { return layer.up.index_select(0, neurons); });
    }
}

// Gate rows, then up rows.
at::Tensor gate_and_up(const LayerWeights& layer, const at::Tensor& neurons) {
    return at::cat({layer.gate.index_select(0, neurons), layer.up.index_select(0, neurons)});
}

// All experts in one tensor: [E, 2m, D] and [E, D, m].
void add_granite_experts(Tensors& tensors, const std::string& prefix, const LayerWeights& layer,
                         const std::vector<at::Tensor>& experts, std::int64_t active) {
    const auto count = std::ssize(experts);
    const auto width = layer.gate.size(1), capacity = experts.front().numel();
    add(tensors, prefix + "input_linear.weight", {count, 2 * capacity, width}, [=] {
        std::vector<at::Tensor> inputs;
        for (const auto& neurons : experts) inputs.push_back(gate_and_up(layer, neurons));
        return at::stack(inputs);
    });
    add(tensors, prefix + "output_linear.weight", {count, width, capacity}, [=] {
        std::vector<at::Tensor> outputs;
        for (const auto& neurons : experts) outputs.push_back(layer.down.index_select(1, neurons));
        return at::stack(outputs) * active;
    });
}

void add_shared(Tensors& tensors, const std::string& prefix, const LayerWeights& layer,
                const at::Tensor& shared) {
    const auto width = layer.gate.size(1), count = shared.numel();
    add(tensors, prefix + "input_linear.weight", {2 * count, width},
        [=] { return gate_and_up(layer, shared); });
    add(tensors, prefix + "output_linear.weight", {width, count},
        [=] { return layer.down.index_select(1, shared); });
}

}  // namespace

Tensors stock_tensors(const Model& model, const ExpertSet& experts, const ExportPlan& plan) {
    const auto& layout = plan.layout;
    Tensors tensors;
    add(tensors, "model.embed_tokens.weight", model.weights.embedding);
    for (std::size_t l = 0; l < experts.layers.size(); ++l) {
        const auto& layer = model.weights.layers[l];
        const auto& [owner, router] = experts.layers[l];
        const auto prefix = fmt::format("model.layers.{}.", l), moe = prefix + "block_sparse_moe.";
        auto columns = neurons_of_columns(owner, layout);
        add_attention(tensors, prefix, layer);
        if (plan.architecture == StockArchitecture::mixtral) {
            add_router(tensors, moe + "gate.weight", router, plan.router_factor[l]);
            add_mixtral_experts(tensors, moe, layer, columns, layout.active);
        } else {
            add_router(tensors, moe + "router.layer.weight", router, plan.router_factor[l]);
            add_shared(tensors, prefix + "shared_mlp.", layer, columns.front());
            columns.erase(columns.begin());
            add_granite_experts(tensors, moe, layer, columns, layout.active);
        }
    }
    add(tensors, "model.norm.weight", model.weights.norm);
    // Tied models have no lm_head in the file; transformers ties it as config.json says.
    if (!model.config.tied_embeddings) add(tensors, "lm_head.weight", model.weights.head);
    return tensors;
}

}  // namespace dotmoe
