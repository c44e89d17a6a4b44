#include "model/attention.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "support/tiny_model.h"

namespace dotmoe {
namespace {

/// The definition, query by query, in fp64.
at::Tensor by_definition(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v, double scale,
                         std::int64_t window) {
    const auto heads = q.size(1), group = heads / k.size(1), queries = q.size(2),
               before = k.size(2) - queries;
    auto out = at::zeros(q.sizes(), at::kDouble);
    for (std::int64_t b = 0; b < q.size(0); ++b)
        for (std::int64_t h = 0; h < heads; ++h)
            for (std::int64_t t = 0; t < queries; ++t) {
                const auto end = before + t + 1, seen = window > 0 ? std::min(window, end) : end;
                const auto keys = k[b][h / group].narrow(0, end - seen, seen).to(at::kDouble);
                const auto scores = scale * keys.mv(q[b][h][t].to(at::kDouble));
                out[b][h][t] =
                    v[b][h / group].narrow(0, end - seen, seen).to(at::kDouble).t().mv(scores.softmax(0));
            }
    return out;
}

class CausalAttention : public ::testing::TestWithParam<std::tuple<int, int, int>> {};

TEST_P(CausalAttention, EqualsItsDefinition) {
    const auto [kv_heads, queries, keys] = GetParam();
    at::manual_seed(3);
    const auto q = at::randn({2, 4, queries, 8}), k = at::randn({2, kv_heads, keys, 8}),
               v = at::randn_like(k);
    for (const double scale : {1 / std::sqrt(8.0), 0.7})
        for (const auto window : {0, 1, 3, 8, 9, 64, 100})
            EXPECT_LT(test::difference(causal_attention(q, k, v, scale, window),
                                       by_definition(q, k, v, scale, window)),
                      1e-5)
                << "scale " << scale << ", window " << window;
}

INSTANTIATE_TEST_SUITE_P(GroupsAndOffsets, CausalAttention,
                         ::testing::Values(std::tuple(4, 9, 9), std::tuple(2, 9, 9), std::tuple(1, 70, 70),
                                           std::tuple(2, 1, 9), std::tuple(2, 4, 9), std::tuple(4, 1, 1)));

}  // namespace
}  // namespace dotmoe
