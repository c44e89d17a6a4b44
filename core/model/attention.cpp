#include "model/attention.h"

namespace dotmoe {

at::Tensor causal_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v) {
    const auto queries = q.size(2), keys = k.size(2);
    std::optional<at::Tensor> mask;
    // ATen's is_causal aligns the first query with the first key: right only when nothing came before.
    const bool from_the_start = queries == keys;
    if (!from_the_start && queries > 1)
        mask = at::ones({queries, keys}, q.options().dtype(at::kBool)).tril(keys - queries);
    return at::scaled_dot_product_attention(q, k, v, mask, /*dropout_p=*/0.0, /*is_causal=*/from_the_start,
                                            /*scale=*/std::nullopt, /*enable_gqa=*/q.size(1) != k.size(1));
}

}  // namespace dotmoe
