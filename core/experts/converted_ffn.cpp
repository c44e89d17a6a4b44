#include <ATen/core/grad_mode.h>

#include "experts/masked_ffn.h"
#include "experts/router.h"

namespace dotmoe {

FeedForward converted_feed_forward(const Weights& weights, const ExpertSet& experts) {
    return [layers = weights.layers, &experts](const at::Tensor& x, std::int64_t layer) {
        const at::NoGradGuard no_grad;
        const auto& [owner, router] = experts.layers.at(static_cast<std::size_t>(layer));
        const auto& layer_weights = layers.at(static_cast<std::size_t>(layer));
        if (!owner.defined()) return dense_feed_forward(x, layer_weights);
        const auto routing = route(x.flatten(0, -2), router.to(x.device()), experts.layout);
        return masked_feed_forward(x, layer_weights, experts.layout, owner, routing.weights);
    };
}

}  // namespace dotmoe
