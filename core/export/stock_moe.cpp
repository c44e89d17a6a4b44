#include "export/stock_moe.h"

namespace dotmoe {

StockRoutes stock_routes(const at::Tensor& logits, std::int64_t active, Gating gating,
                         const at::Tensor& selection_bias) {
    const bool selects_first = gating == Gating::top_k_then_softmax;
    const auto scores = selects_first                          ? logits
                        : gating == Gating::sigmoid_then_top_k ? at::sigmoid(logits)
                                                               : at::softmax(logits, -1);
    const auto ranked = selection_bias.defined() ? scores + selection_bias : scores;
    const auto experts = scores.size(-1);
    // One more than needed, where there is one, to see ties at the border.
    const auto [best, order] = ranked.topk(std::min(active + 1, experts), -1);
    StockRoutes routes;
    routes.chosen = order.narrow(-1, 0, active).contiguous();
    const auto selected = scores.gather(-1, routes.chosen);
    routes.weights = selects_first ? at::softmax(selected, -1) : selected / selected.sum(-1, true);
    if (active < experts)
        routes.ties = best.select(-1, active - 1).eq(best.select(-1, active)).sum().item<std::int64_t>();
    return routes;
}

at::Tensor apply(const StockFfn& ffn, const at::Tensor& x) {
    return at::linear(at::silu(at::linear(x, ffn.gate)) * at::linear(x, ffn.up), ffn.down);
}

at::Tensor mix_experts(const at::Tensor& x, const std::vector<StockFfn>& experts, const StockRoutes& routes) {
    auto mixed = at::zeros_like(x);
    for (std::size_t e = 0; e < experts.size(); ++e) {
        const auto where =
            routes.chosen.eq(static_cast<std::int64_t>(e)).nonzero();  // [hits, 2]: token, place
        if (where.size(0) == 0) continue;
        const auto tokens = where.select(1, 0), places = where.select(1, 1);
        const auto weights = routes.weights.index({tokens, places}).unsqueeze(-1);
        mixed.index_add_(0, tokens, apply(experts[e], x.index_select(0, tokens)) * weights);
    }
    return mixed;
}

}  // namespace dotmoe
