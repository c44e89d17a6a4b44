#include "make_toy/toy_trainer.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "model/transformer.h"
#include "model/weight_table.h"

namespace dotmoe {
namespace {

/// Norms at 1; matrices normal with deviation 1/sqrt(inputs), those that add to the residual stream smaller
/// by sqrt(2L) (GPT-2); embeddings so small that the first prediction is nearly uniform.
Weights first_weights(const ModelConfig& config, std::uint64_t seed) {
    auto generator = at::detail::createCPUGenerator(seed);
    const auto made = [&](const std::vector<std::int64_t>& shape, double deviation) {
        return shape.size() == 1 ? at::ones(shape) : at::randn(shape, generator) * deviation;
    };
    Weights weights;
    for (const auto& tensor : global_tensors(config)) weights.*tensor.field = made(tensor.shape, 0.05);
    weights.layers.resize(static_cast<std::size_t>(config.layers));
    for (auto& layer : weights.layers)
        for (const auto& tensor : layer_tensors(config)) {
            const bool adds = tensor.field == &LayerWeights::output || tensor.field == &LayerWeights::down;
            const auto inputs = static_cast<double>(tensor.shape.back());
            layer.*tensor.field =
                made(tensor.shape, std::sqrt((adds ? 0.5 / static_cast<double>(config.layers) : 1) / inputs));
        }
    if (config.tied_embeddings) weights.head = weights.embedding;
    return weights;
}

/// The tensors themselves, each once. Handles: training changes the weights in place.
std::vector<at::Tensor> parameters_of(const ModelConfig& config, const Weights& weights) {
    std::vector<at::Tensor> parameters;
    for (const auto& tensor : global_tensors(config)) parameters.push_back(weights.*tensor.field);
    for (const auto& layer : weights.layers)
        for (const auto& tensor : layer_tensors(config)) parameters.push_back(layer.*tensor.field);
    return parameters;
}

/// AdamW (Loshchilov and Hutter, arXiv 1711.05101) in ATen's fused form.
class AdamW {
  public:
    AdamW(std::vector<at::Tensor> parameters, double weight_decay)
        : parameters_(std::move(parameters)), weight_decay_(weight_decay) {
        for (auto& parameter : parameters_) {
            first_.push_back(at::zeros_like(parameter));
            second_.push_back(at::zeros_like(parameter));
            steps_.push_back(at::zeros({}));
            parameter.requires_grad_(true);
        }
    }

    /// Uses up the gradients.
    void step(double learning_rate) {
        const at::NoGradGuard no_grad;
        std::vector<at::Tensor> gradients;
        for (const auto& parameter : parameters_) gradients.push_back(parameter.grad());
        at::_foreach_add_(steps_, 1);
        at::_fused_adamw_(parameters_, gradients, first_, second_, {}, steps_, learning_rate, /*beta1=*/0.9,
                          /*beta2=*/0.98, weight_decay_, /*eps=*/1e-8, /*amsgrad=*/false, /*maximize=*/false);
        for (auto& parameter : parameters_) parameter.mutable_grad().reset();
    }

  private:
    std::vector<at::Tensor> parameters_, first_, second_, steps_;
    double weight_decay_;
};

double rate_at(std::int64_t step, const TrainingOptions& options) {
    if (step < options.warmup)
        return options.learning_rate * static_cast<double>(step + 1) / static_cast<double>(options.warmup);
    const double done =
        static_cast<double>(step - options.warmup) / static_cast<double>(options.steps - options.warmup);
    return options.learning_rate * 0.5 * (1 + std::cos(std::numbers::pi * done));
}

at::Tensor next_token_loss(const Transformer& transformer, const at::Tensor& windows) {
    const auto length = windows.size(1) - 1;
    const auto logits =
        transformer.logits(transformer.hidden(windows.narrow(1, 0, length), transformer.dense()));
    return at::cross_entropy_loss(logits.flatten(0, 1), windows.narrow(1, 1, length).flatten());
}

}  // namespace

Weights train_model(const ModelConfig& config, const at::Tensor& windows, const TrainingOptions& options,
                    const std::function<void(std::int64_t step, double loss)>& on_step) {
    auto weights = first_weights(config, options.seed);
    const auto parameters = parameters_of(config, weights);
    AdamW optimizer(parameters, options.weight_decay);
    const Transformer transformer(config, weights);
    const auto batch = std::min(options.batch, windows.size(0));
    for (std::int64_t step = 0; step < options.steps; ++step) {
        const auto first = step * batch % (windows.size(0) - batch + 1);
        const auto loss = next_token_loss(transformer, windows.narrow(0, first, batch));
        loss.backward();
        optimizer.step(rate_at(step, options));
        on_step(step + 1, loss.item<double>());
    }
    for (const auto& parameter : parameters) parameter.requires_grad_(false);
    return weights;
}

}  // namespace dotmoe
