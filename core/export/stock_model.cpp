#include "export/stock_model.h"

#include <ATen/core/grad_mode.h>

#include <cmath>

#include "base/error.h"
#include "formats/gguf_types.h"

namespace dotmoe {
namespace {

at::Tensor rms_normalised(const at::Tensor& x, const at::Tensor& weight, double epsilon) {
    return weight * (x * at::rsqrt(x.square().mean(-1, true) + epsilon));
}

/// cos and sin of position * base^(-2i/d) / divisor_i, each [T, d/2].
struct Rotation {
    at::Tensor cos, sin;
};

/// divisors [d/2], or undefined.
Rotation rotations(std::int64_t length, std::int64_t head_width, double base, const at::Tensor& divisors) {
    auto frequency =
        at::pow(base, -at::arange(0, head_width, 2, at::kFloat) / static_cast<double>(head_width));
    if (divisors.defined()) frequency = frequency / divisors;
    const auto angle = at::outer(at::arange(length, at::kFloat), frequency);
    return {angle.cos(), angle.sin()};
}

/// Each pair of x [heads, T, d] turned: halves of a head (transformers, NeoX), or neighbours (llama.cpp's
/// normal order).
at::Tensor rotated(const at::Tensor& x, const Rotation& rotation, bool interleaved) {
    const auto pairs = interleaved ? x.unflatten(-1, {-1, 2}).transpose(-1, -2) : x.unflatten(-1, {2, -1});
    const auto a = pairs.select(-2, 0), b = pairs.select(-2, 1);
    const auto turned = at::stack({a * rotation.cos - b * rotation.sin, b * rotation.cos + a * rotation.sin},
                                  interleaved ? -1 : -2);
    return turned.reshape(x.sizes());
}

/// True where a query [T] may not look: at what comes after it, or lies before its window.
at::Tensor hidden_positions(std::int64_t length, std::int64_t window) {
    const auto hidden = at::ones({length, length}, at::kBool).triu(1);
    return window > 0 ? hidden.logical_or(at::ones({length, length}, at::kBool).tril(-window)) : hidden;
}

void check_count(const StockConfig& config, std::int64_t present, const std::string& where) {
    // Before the names are made: a config can claim any number of layers and experts.
    const auto experts = stock_names(config.naming).stacked ? 1 : config.experts;
    if (config.layers > present || experts > present || config.layers * experts > present)
        fail("{}: {} tensors cannot hold {} layers of {} experts", where, present, config.layers,
             config.experts);
}

std::pair<StockConfig, std::unique_ptr<StockWeights>> opened(const std::filesystem::path& path) {
    if (std::filesystem::is_directory(path))
        return {read_stock_config(path / "config.json"), open_safetensors(path)};
    auto file = std::make_shared<const gguf::File>(path);
    auto config = read_stock_config(*file);
    return {std::move(config), open_gguf(std::move(file))};
}

double bits_a_value(gguf::TensorType type) {
    const auto block = gguf::block_of(type);
    return 8.0 * static_cast<double>(block.bytes) / static_cast<double>(block.elements);
}

}  // namespace

StockModel::StockModel(const std::filesystem::path& path) {
    std::tie(config_, weights_) = opened(path);
    check_tensors();
}

void StockModel::check_tensors() {
    const auto present = weights_->names();
    check_count(config_, std::ssize(present), weights_->where(""));
    const auto shapes = stock_shapes(config_);
    for (const auto& [name, shape] : shapes) {
        const auto where = weights_->where(name);
        const auto found = weights_->find(name);
        if (!found) fail("{}: tensor {} is missing", where, name);
        if (found->shape != shape)
            fail("{}: tensor {} is {} and should be {}", where, name, fmt::join(found->shape, "x"),
                 fmt::join(shape, "x"));
        if (!weights_->read(name).isfinite().all().item<bool>())
            fail("{}: tensor {} holds values that are not finite", where, name);
        // Of two as wide bf16 has the fewer digits.
        const auto width = bits_a_value(found->type), coarsest = bits_a_value(coarsest_);
        if (width < coarsest || (width == coarsest && found->type == gguf::TensorType::BF16))
            coarsest_ = found->type;
    }
    for (const auto& name : present)
        if (!shapes.contains(name)) fail("{}: tensor {} is not expected", weights_->where(name), name);
}

StockVariant StockModel::all_experts() const {
    return {config_.experts, static_cast<double>(config_.experts) / static_cast<double>(config_.active), 0.0};
}

at::Tensor StockModel::tensor(const std::string& layer, std::string_view name) const {
    return weights_->read(layer + std::string(name));
}

at::Tensor StockModel::router(std::int64_t layer) const {
    const auto& names = stock_names(config_.naming);
    return tensor(fmt::format(fmt::runtime(names.layer), layer), names.router);
}

at::Tensor StockModel::rope_divisors() const {
    const auto& stated = config_.rope_divisors;
    auto divisors = stated.empty() ? at::Tensor() : at::tensor(stated, at::kFloat);
    if (!config_.rope_factors) return divisors;
    const auto factors = tensor("", stock_names(config_.naming).rope_factors);
    return divisors.defined() ? divisors * factors : factors;
}

at::Tensor StockModel::attend(const at::Tensor& x, const std::string& layer) const {
    const auto& names = stock_names(config_.naming);
    const auto length = x.size(0), width = config_.head_width, group = config_.heads / config_.kv_heads;
    const auto heads = [&](std::string_view name, std::string_view bias, std::int64_t count) {
        auto rows = at::linear(x, tensor(layer, name));
        if (config_.attention_bias) rows = rows + tensor(layer, bias);
        return rows.view({length, count, width}).transpose(0, 1);
    };
    const auto rotation = rotations(length, width, config_.rope_base, rope_divisors());
    const auto turned = [&](const at::Tensor& each, std::string_view norm) {
        const auto normed =
            config_.qk_norm ? rms_normalised(each, tensor(layer, norm), config_.norm_epsilon) : each;
        return rotated(normed, rotation, config_.interleaved_rotary);
    };
    const auto query = turned(heads(names.query, names.query_bias, config_.heads), names.query_norm);
    const auto key = turned(heads(names.key, names.key_bias, config_.kv_heads), names.key_norm)
                         .repeat_interleave(group, 0);
    const auto value = heads(names.value, names.value_bias, config_.kv_heads).repeat_interleave(group, 0);
    const auto scores = at::matmul(query, key.transpose(1, 2)) * config_.attention_multiplier;
    const auto weights =
        at::softmax(scores.masked_fill(hidden_positions(length, config_.window), -INFINITY), -1);
    const auto mixed = at::matmul(weights, value).transpose(0, 1).reshape({length, config_.heads * width});
    const auto output = at::linear(mixed, tensor(layer, names.output));
    return config_.output_bias ? output + tensor(layer, names.output_bias) : output;
}

std::vector<StockFfn> StockModel::experts(const std::string& layer) const {
    const auto& names = stock_names(config_.naming);
    std::vector<StockFfn> experts;
    if (!names.stacked) {
        for (std::int64_t e = 0; e < config_.experts; ++e) {
            const auto matrix = [&](std::string_view pattern) {
                return tensor(layer, fmt::format(fmt::runtime(pattern), e));
            };
            experts.push_back({matrix(names.gate), matrix(names.up), matrix(names.down)});
        }
        return experts;
    }
    const auto gate = tensor(layer, names.gate), down = tensor(layer, names.down);
    const auto up = names.up.empty() ? at::Tensor() : tensor(layer, names.up);
    for (std::int64_t e = 0; e < config_.experts; ++e) {
        const auto halves = up.defined() ? std::vector{gate[e], up[e]} : gate[e].chunk(2, 0);
        experts.push_back({halves[0], halves[1], down[e]});
    }
    return experts;
}

StockFfn StockModel::shared(const std::string& layer) const {
    const auto& names = stock_names(config_.naming);
    const auto gate = tensor(layer, names.shared_gate), down = tensor(layer, names.shared_down);
    if (!names.shared_up.empty()) return {gate, tensor(layer, names.shared_up), down};
    const auto halves = gate.chunk(2, 0);
    return {halves[0], halves[1], down};
}

at::Tensor StockModel::feed_forward(const at::Tensor& x, const std::string& layer,
                                    const StockVariant& variant, StockRun& run) const {
    const auto& names = stock_names(config_.naming);
    const auto logits = at::linear(x, tensor(layer, names.router)) * variant.router_scale;
    const auto bias = config_.selection_bias ? tensor(layer, names.selection_bias) : at::Tensor();
    run.routes.push_back(stock_routes(logits, variant.active, config_.gating, bias));
    const auto mixed =
        mix_experts(x, experts(layer), run.routes.back()) * (config_.routed_scale * variant.routed_scale);
    if (config_.shared_neurons == 0) return mixed;
    const auto always = apply(shared(layer), x);
    if (!config_.shared_gate) return mixed + always;
    return mixed + at::sigmoid(at::linear(x, tensor(layer, names.shared_weight))) * always;
}

StockRun StockModel::forward(const at::Tensor& tokens, const StockVariant& variant) const {
    const at::NoGradGuard no_grad;
    const auto& names = stock_names(config_.naming);
    StockRun run;
    const auto norm = [&](const at::Tensor& x, const std::string& layer, std::string_view name) {
        return rms_normalised(x, tensor(layer, name), config_.norm_epsilon);
    };
    const auto embedding = tensor("", names.embedding);
    auto x = embedding.index_select(0, tokens) * config_.embedding_multiplier;
    for (std::int64_t l = 0; l < config_.layers; ++l) {
        const auto layer = fmt::format(fmt::runtime(names.layer), l);
        x = x + attend(norm(x, layer, names.attention_norm), layer) * config_.residual_multiplier;
        x = x +
            feed_forward(norm(x, layer, names.ffn_norm), layer, variant, run) * config_.residual_multiplier;
    }
    const auto head = config_.tied_embeddings ? embedding : tensor("", names.head);
    run.logits = at::linear(norm(x, "", names.norm), head) / config_.logits_scaling;
    return run;
}

double next_token_loss(const at::Tensor& logits, const at::Tensor& tokens) {
    const auto count = tokens.size(0) - 1;
    const auto next = tokens.narrow(0, 1, count).unsqueeze(-1);
    return -at::log_softmax(logits.narrow(0, 0, count), -1).gather(-1, next).mean().item<double>();
}

}  // namespace dotmoe
