// The feed-forward arithmetic of the stock architectures, as transformers writes it
// (models/mixtral/modeling_mixtral.py, models/granitemoeshared/modeling_granitemoeshared.py) and llama.cpp
// (src/llama-graph.cpp, build_moe_ffn), in fp32.
#pragma once

#include <ATen/ATen.h>

#include <vector>

#include "export/stock_config.h"

namespace dotmoe {

/// What one layer's router decided.
struct StockRoutes {
    at::Tensor chosen;   ///< [T, k] int64
    at::Tensor weights;  ///< [T, k]
    std::int64_t ties =
        0;  ///< tokens whose k-th and (k+1)-th best are equal as the architecture compares them
};

/// logits [T, E] of the stored router; selection_bias [E], where it is defined, counts for the choice alone.
StockRoutes stock_routes(const at::Tensor& logits, std::int64_t active, Gating gating,
                         const at::Tensor& selection_bias = {});

/// One gated FFN: down(silu(gate x) * up x).
struct StockFfn {
    at::Tensor gate, up;  ///< [m, D]
    at::Tensor down;      ///< [D, m]
};

/// x [T, D] -> [T, D].
at::Tensor apply(const StockFfn& ffn, const at::Tensor& x);

/// sum over the chosen experts of weight * expert(x).
at::Tensor mix_experts(const at::Tensor& x, const std::vector<StockFfn>& experts, const StockRoutes& routes);

}  // namespace dotmoe
