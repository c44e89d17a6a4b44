#include "export/stock_model.h"

#include <ATen/core/grad_mode.h>

#include <cmath>

#include "base/error.h"
#include "export/stock_names.h"
#include "formats/torch_safetensors.h"

namespace dotmoe {
namespace {

at::Tensor rms_normalised(const at::Tensor& x, const at::Tensor& weight, double epsilon) {
    return weight * (x * at::rsqrt(x.square().mean(-1, true) + epsilon));
}

/// cos and sin of position * base^(-2i/d), each [T, d]: both halves of a head turn by the same angles.
std::pair<at::Tensor, at::Tensor> rotations(std::int64_t length, std::int64_t head_width, double base) {
    const auto frequency =
        at::pow(base, -at::arange(0, head_width, 2, at::kFloat) / static_cast<double>(head_width));
    const auto angle = at::outer(at::arange(length, at::kFloat), frequency).repeat({1, 2});
    return {angle.cos(), angle.sin()};
}

/// x [heads, T, d].
at::Tensor rotated(const at::Tensor& x, const std::pair<at::Tensor, at::Tensor>& rotation) {
    const auto halves = x.chunk(2, -1);
    return x * rotation.first + at::cat({-halves[1], halves[0]}, -1) * rotation.second;
}

void check_count(const StockConfig& config, const safetensors::File& file) {
    // Before the names are made: a config can claim any number of layers and experts.
    const auto present = std::ssize(file.tensors());
    const auto experts = config.gating == Gating::softmax_then_top_k ? config.experts : 1;
    if (config.layers > present || experts > present || config.layers * experts > present)
        fail("{}: {} tensors cannot hold {} layers of {} experts", file.path().string(), present,
             config.layers, config.experts);
}

void check_tensors(const StockConfig& config, const safetensors::File& file) {
    check_count(config, file);
    const auto where = file.path().string();
    const auto shapes = stock_shapes(config);
    for (const auto& [name, shape] : shapes) {
        const auto* found = file.find(name);
        if (found == nullptr) fail("{}: tensor {} is missing", where, name);
        if (found->dtype != safetensors::DType::F32)
            fail("{}: tensor {} is {}, not F32", where, name, safetensors::dtype_name(found->dtype));
        if (found->shape != shape)
            fail("{}: tensor {} is {} and should be {}", where, name, fmt::join(found->shape, "x"),
                 fmt::join(shape, "x"));
        if (!to_tensor(*found).isfinite().all().item<bool>())
            fail("{}: tensor {} holds values that are not finite", where, name);
    }
    for (const auto& tensor : file.tensors())
        if (!shapes.contains(tensor.name)) fail("{}: tensor {} is not expected", where, tensor.name);
}

}  // namespace

StockModel::StockModel(const std::filesystem::path& folder)
    : config_(read_stock_config(folder / "config.json")), file_(folder / "model.safetensors") {
    check_tensors(config_, file_);
}

StockVariant StockModel::all_experts() const {
    return {config_.experts, static_cast<double>(config_.experts) / static_cast<double>(config_.active), 0.0};
}

at::Tensor StockModel::tensor(const std::string& name) const {
    return to_tensor(file_.at(name));
}

at::Tensor StockModel::attend(const at::Tensor& x, const std::string& layer) const {
    const auto length = x.size(0), width = config_.head_width, group = config_.heads / config_.kv_heads;
    const auto heads = [&](const char* name, std::int64_t count) {
        const auto projected = at::linear(x, tensor(layer + "self_attn." + name + ".weight"));
        return projected.view({length, count, width}).transpose(0, 1);
    };
    const auto rotation = rotations(length, width, config_.rope_base);
    const auto query = rotated(heads("q_proj", config_.heads), rotation);
    const auto key = rotated(heads("k_proj", config_.kv_heads), rotation).repeat_interleave(group, 0);
    const auto value = heads("v_proj", config_.kv_heads).repeat_interleave(group, 0);
    const auto future = at::ones({length, length}, at::kBool).triu(1);
    const auto scores = at::matmul(query, key.transpose(1, 2)) * config_.attention_multiplier;
    const auto weights = at::softmax(scores.masked_fill(future, -INFINITY), -1);
    const auto mixed = at::matmul(weights, value).transpose(0, 1).reshape({length, config_.heads * width});
    return at::linear(mixed, tensor(layer + "self_attn.o_proj.weight"));
}

at::Tensor StockModel::feed_forward(const at::Tensor& x, const std::string& layer,
                                    const StockVariant& variant, StockRun& run) const {
    const auto moe = layer + "block_sparse_moe.";
    const bool granite = config_.gating == Gating::top_k_then_softmax;
    std::vector<StockFfn> experts;
    if (granite) {
        const auto input = tensor(moe + "input_linear.weight"), output = tensor(moe + "output_linear.weight");
        for (std::int64_t e = 0; e < config_.experts; ++e) {
            const auto halves = input[e].chunk(2, 0);
            experts.push_back({halves[0], halves[1], output[e]});
        }
    } else {
        for (std::int64_t e = 0; e < config_.experts; ++e) {
            const auto expert = fmt::format("{}experts.{}.", moe, e);
            experts.push_back(
                {tensor(expert + "w1.weight"), tensor(expert + "w3.weight"), tensor(expert + "w2.weight")});
        }
    }
    const auto router = tensor(moe + (granite ? "router.layer.weight" : "gate.weight"));
    run.routes.push_back(
        stock_routes(at::linear(x, router) * variant.router_scale, variant.active, config_.gating));
    auto mixed = mix_experts(x, experts, run.routes.back()) * variant.routed_scale;
    if (config_.shared_neurons == 0) return mixed;
    const auto halves = tensor(layer + "shared_mlp.input_linear.weight").chunk(2, 0);
    return mixed + apply({halves[0], halves[1], tensor(layer + "shared_mlp.output_linear.weight")}, x);
}

StockRun StockModel::forward(const at::Tensor& tokens, const StockVariant& variant) const {
    const at::NoGradGuard no_grad;
    StockRun run;
    const auto norm = [&](const at::Tensor& x, const std::string& name) {
        return rms_normalised(x, tensor(name + ".weight"), config_.norm_epsilon);
    };
    const auto embedding = tensor("model.embed_tokens.weight");
    auto x = embedding.index_select(0, tokens) * config_.embedding_multiplier;
    for (std::int64_t l = 0; l < config_.layers; ++l) {
        const auto layer = fmt::format("model.layers.{}.", l);
        x = x + attend(norm(x, layer + "input_layernorm"), layer) * config_.residual_multiplier;
        x = x + feed_forward(norm(x, layer + "post_attention_layernorm"), layer, variant, run) *
                    config_.residual_multiplier;
    }
    const auto head = config_.tied_embeddings ? embedding : tensor("lm_head.weight");
    run.logits = at::linear(norm(x, "model.norm"), head) / config_.logits_scaling;
    return run;
}

}  // namespace dotmoe
