#include <ATen/core/grad_mode.h>

#include "experts/forced_weights.h"
#include "experts/masked_ffn.h"
#include "experts/router.h"

namespace dotmoe {

FeedForward converted_feed_forward(const Weights& weights, const ExpertSet& experts,
                                   std::vector<Forcing> forcings) {
    return [weights, &experts, forcings = std::move(forcings)](const at::Tensor& x, std::int64_t layer) {
        const at::NoGradGuard no_grad;
        const auto& [owner, router] = experts.layers.at(static_cast<std::size_t>(layer));
        const auto& layer_weights = weights.layer(layer);
        if (!owner.defined()) return dense_feed_forward(x, layer_weights);
        const auto& layout = experts.layout;
        const auto routing = route(x.flatten(0, -2), router.to(x.device()), layout);
        const auto routed = forced_weights(layout, routing.logits, routing.weights,
                                           forcings_of(forcings, layer, 0, routing.logits.size(0)));
        return masked_feed_forward(x, layer_weights, layout, owner, routed);
    };
}

}  // namespace dotmoe
