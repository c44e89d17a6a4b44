#include "align/loss_metric.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/grad_mode.h>

namespace dotmoe {
namespace {

constexpr std::int64_t positions_a_chunk = 128;  // bounds the logits that exist at a time

/// d(-sum log p(y)) / d hidden = (p - onehot(y)) W_head, y ~ p: [.., D] in hidden's dtype.
at::Tensor gradient_of_drawn_labels(const at::Tensor& hidden, const at::Tensor& head,
                                    const at::Generator& generator) {
    const at::NoGradGuard no_grad;
    std::vector<at::Tensor> gradient;
    for (const auto& chunk : hidden.flatten(0, -2).split(positions_a_chunk)) {
        auto p = at::linear(chunk, head).to(at::kFloat).softmax(-1);
        // By the inverse of the distribution function, so that every device draws from the same numbers.
        const auto u = at::rand({p.size(0), 1}, generator, at::kFloat).to(p.device());
        const auto label = at::searchsorted(p.cumsum(-1), u).clamp_max(p.size(1) - 1);
        p.scatter_add_(-1, label, at::full_like(u, -1));
        gradient.push_back(p.to(head.scalar_type()).matmul(head));
    }
    return at::cat(gradient).view_as(hidden);
}

}  // namespace

std::vector<at::Tensor> loss_metrics(const Transformer& dense, const at::Tensor& windows, std::uint64_t seed,
                                     const std::function<void(std::int64_t)>& on_window) {
    const auto layers = static_cast<std::size_t>(dense.config().layers);
    const auto fp32 = windows.options().dtype(at::kFloat);
    std::vector<at::Tensor> metrics(layers);
    for (auto& metric : metrics) metric = at::zeros({dense.config().width, dense.config().width}, fp32);
    const auto generator = at::detail::createCPUGenerator(seed);

    for (std::int64_t w = 0; w < windows.size(0); ++w) {
        std::vector<at::Tensor> change(layers);  // of each FFN's output: zero, and asked for its gradient
        const auto hidden =
            dense.hidden(windows.narrow(0, w, 1), [&](const at::Tensor& x, std::int64_t layer) {
                auto& d = change[static_cast<std::size_t>(layer)];
                d = at::zeros_like(x.detach()).requires_grad_();
                return dense_feed_forward(x, dense.weights().layers[static_cast<std::size_t>(layer)]) + d;
            });
        hidden.backward(gradient_of_drawn_labels(hidden.detach(), dense.weights().head, generator));
        for (std::size_t l = 0; l < layers; ++l) {
            const auto g = change[l].grad().flatten(0, 1).to(at::kFloat);
            metrics[l].addmm_(g.t(), g);
        }
        if (on_window) on_window(w + 1);
    }
    for (auto& metric : metrics) metric /= metric.diagonal().mean().clamp_min(1e-30);
    return metrics;
}

}  // namespace dotmoe
