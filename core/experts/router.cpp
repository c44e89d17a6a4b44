#include "experts/router.h"

#include <ATen/Dispatch.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace dotmoe {
namespace {

/// The k largest logits of each token, best first; equal ones go to the lowest expert on every device, which
/// topk does not promise. [T, E] -> [T, k] int64
at::Tensor best_experts(const at::Tensor& logits, std::int64_t active) {
    if (!logits.is_cpu())
        return at::argsort(logits, /*stable=*/true, -1, /*descending=*/true)
            .narrow(-1, 0, active)
            .contiguous();
    // Sorting all E of them takes several times as long.
    const auto values = logits.contiguous();
    const auto experts = values.size(-1);
    auto sizes = values.sizes().vec();
    sizes.back() = active;
    auto chosen = at::empty(sizes, values.options().dtype(at::kLong));
    auto* best = chosen.mutable_data_ptr<std::int64_t>();
    AT_DISPATCH_FLOATING_TYPES(values.scalar_type(), "best_experts", [&] {
        const auto* value = values.const_data_ptr<scalar_t>();
        at::parallel_for(0, values.numel() / experts, 256, [&](std::int64_t first, std::int64_t last) {
            std::vector<std::int64_t> order(static_cast<std::size_t>(experts));
            for (auto token = first; token < last; ++token) {
                const auto* row = value + token * experts;
                std::iota(order.begin(), order.end(), 0);
                std::partial_sort(order.begin(), order.begin() + active, order.end(), [row](auto a, auto b) {
                    return row[a] > row[b] || (row[a] == row[b] && a < b);
                });
                std::copy_n(order.begin(), active, best + token * active);
            }
        });
    });
    return chosen;
}

}  // namespace

Routing route(const at::Tensor& x, const at::Tensor& router, std::int64_t active) {
    Routing routing;
    routing.logits = at::matmul(x.to(router.scalar_type()), router);
    routing.probabilities = at::softmax(routing.logits, -1);
    routing.chosen = best_experts(routing.logits.detach(), active);
    routing.mask = at::zeros_like(routing.logits.detach()).scatter_(-1, routing.chosen, 1);
    return routing;
}

at::Tensor straight_through(const Routing& routing) {
    return routing.mask + (routing.probabilities - routing.probabilities.detach());
}

at::Tensor linear_straight_through(const Routing& routing) {
    return routing.mask + (routing.logits - routing.logits.detach());
}

at::Tensor expert_load(const at::Tensor& mask) {
    const auto uses = mask.reshape({-1, mask.size(-1)}).sum(0);
    return uses / uses.mean();
}

}  // namespace dotmoe
