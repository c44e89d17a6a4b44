#include "model/attention.h"

namespace dotmoe {

at::Tensor causal_attention(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, double scale,
                            std::int64_t window) {
    const auto queries = q.size(2), keys = k.size(2);
    const bool narrow = window > 0 && window < keys;
    std::optional<at::Tensor> mask;
    // ATen's is_causal aligns the first query with the first key: right only when nothing came before.
    const bool plain = queries == keys && !narrow;
    if (!plain && (queries > 1 || narrow)) {
        mask = at::ones({queries, keys}, q.options().dtype(at::kBool)).tril(keys - queries);
        if (narrow) mask = mask->triu(keys - queries - window + 1);
    }
    return at::scaled_dot_product_attention(q, k, v, mask, /*dropout_p=*/0.0, /*is_causal=*/plain, scale,
                                            /*enable_gqa=*/q.size(1) != k.size(1));
}

}  // namespace dotmoe
