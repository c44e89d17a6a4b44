#include "align/load_floor.h"

namespace dotmoe {

at::Tensor with_load_floor(const at::Tensor& router, const at::Tensor& x, std::int64_t active, double floor) {
    if (floor == 0) return router;
    constexpr int most_raises = 24;
    constexpr double raise = 1.15;
    auto raised = router.clone();
    auto logits = x.to(router.scalar_type()).matmul(router);
    for (int i = 0; i < most_raises; ++i) {
        const auto chosen = std::get<1>(logits.topk(active, 1)).flatten();
        const auto even = static_cast<double>(chosen.numel()) / static_cast<double>(router.size(1));
        const auto starved = at::bincount(chosen, {}, router.size(1)) < floor * even;
        if (!starved.any().item<bool>()) break;
        const auto scale = at::where(starved, raise, 1.0).to(router.scalar_type());
        logits.mul_(scale);
        raised.mul_(scale);
    }
    return raised;
}

}  // namespace dotmoe
