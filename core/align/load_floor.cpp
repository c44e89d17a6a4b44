#include "align/load_floor.h"

namespace dotmoe {

at::Tensor with_load_floor(const at::Tensor& router, const at::Tensor& x, std::int64_t active, double floor) {
    if (floor == 0) return router;
    constexpr int most_raises = 24;
    constexpr double raise = 1.15, share_of_gap = 0.2;
    const auto inputs = x.to(router.scalar_type());
    const auto mean = inputs.mean(0);
    // 1 on average in X; inputs that have next to no mean are not lifted by it.
    const auto least = 1e-4 * inputs.square().sum(1).mean();
    const auto along_mean = (mean / at::maximum(mean.square().sum(), least)).unsqueeze(1);
    const auto lift = inputs.matmul(along_mean);  // [T, 1]
    auto raised = router.clone(), logits = inputs.matmul(router);
    for (int i = 0; i < most_raises; ++i) {
        const auto [best, indices] = logits.topk(active, 1);
        const auto chosen = indices.flatten();
        const auto even = static_cast<double>(chosen.numel()) / static_cast<double>(router.size(1));
        const auto starved = at::bincount(chosen, {}, router.size(1)) < floor * even;
        if (!starved.any().item<bool>()) break;
        const auto level = logits.mean(0);
        const auto gap = (best.select(1, active - 1).mean() - level).clamp_min(0);  // to the last one chosen
        // A factor lifts positive logits and pushes negative ones down.
        const auto factor = at::where(starved & (level > 0), raise, 1.0).to(router.scalar_type());
        const auto step = share_of_gap * gap * (starved & (level <= 0));
        raised.mul_(factor).add_(along_mean * step);
        logits.mul_(factor).add_(lift * step);
    }
    return raised;
}

}  // namespace dotmoe
