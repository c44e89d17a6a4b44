#include "experts/router.h"

#include <ATen/core/grad_mode.h>

namespace dotmoe {

Routing route(const at::Tensor& x, const at::Tensor& router, std::int64_t active) {
    Routing routing;
    routing.logits = at::matmul(x.to(router.scalar_type()), router);
    routing.probabilities = at::softmax(routing.logits, -1);
    // A stable sort and not topk: equal logits go to the lowest expert on every device.
    routing.chosen = at::argsort(routing.logits.detach(), /*stable=*/true, -1, /*descending=*/true)
                         .narrow(-1, 0, active)
                         .contiguous();
    routing.mask = at::zeros_like(routing.logits.detach()).scatter_(-1, routing.chosen, 1);
    return routing;
}

at::Tensor straight_through(const Routing& routing) {
    return routing.mask + (routing.probabilities - routing.probabilities.detach());
}

at::Tensor expert_load(const at::Tensor& mask) {
    const auto uses = mask.reshape({-1, mask.size(-1)}).sum(0);
    return uses / uses.mean();
}

}  // namespace dotmoe
