#include "evaluate/layers.h"

#include <ATen/core/grad_mode.h>

#include "experts/masked_ffn.h"
#include "experts/router.h"
#include "model/transformer.h"

namespace dotmoe {
namespace {

constexpr std::int64_t tokens_a_chunk = 2048;

}  // namespace

double layer_error(const at::Tensor& inputs, const LayerWeights& dense, const LayerWeights& converted,
                   const LayerExperts& experts, const Layout& layout) {
    const at::NoGradGuard no_grad;
    double difference = 0, norm = 0;
    for (const auto& x : inputs.split(tokens_a_chunk)) {
        const auto routing = route(x, experts.router.to(x.device()), layout);
        const auto y = dense_feed_forward(x, dense).to(at::kFloat);
        const auto y_hat =
            masked_feed_forward(x, converted, layout, experts.owner.to(x.device()), routing.weights)
                .to(at::kFloat);
        difference += (y_hat - y).square().sum().item<double>();
        norm += y.square().sum().item<double>();
    }
    return difference / norm;
}

at::Tensor tokens_a_window(const at::Tensor& inputs, const at::Tensor& router, const Layout& layout,
                           std::int64_t window) {
    const at::NoGradGuard no_grad;
    std::vector<at::Tensor> counts;
    for (const auto& x : inputs.split(window))
        counts.push_back(route(x, router.to(x.device()), layout).mask.sum(0).cpu());
    return at::stack(counts);
}

LayerLoad layer_load(const at::Tensor& inputs, const at::Tensor& router, const Layout& layout) {
    const at::NoGradGuard no_grad;
    auto tokens = at::zeros({router.size(1)}, at::kFloat);
    std::int64_t dropped = 0;
    for (const auto& x : inputs.split(tokens_a_chunk)) {
        const auto routing = route(x, router.to(x.device()), layout);
        tokens += routing.mask.sum(0).cpu();
        dropped += routing.dropped;
    }
    const auto load = tokens / tokens.mean();
    return {load, load.max().item<double>(), (tokens == 0).sum().item<std::int64_t>(),
            static_cast<double>(dropped) / static_cast<double>(inputs.size(0) * layout.active)};
}

}  // namespace dotmoe
