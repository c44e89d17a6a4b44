#include "experts/product_keys.h"

#include <gtest/gtest.h>

namespace dotmoe {
namespace {

TEST(ProductKeys, TheGridIsTheOneNearestToASquare) {
    for (const auto& [experts, rows, columns] :
         {std::tuple{1344, 32, 42}, {1536, 32, 48}, {256, 16, 16}, {13, 1, 13}, {1, 1, 1}}) {
        const auto grid = key_grid(experts);
        EXPECT_EQ(grid.rows, rows);
        EXPECT_EQ(grid.columns, columns);
    }
}

TEST(ProductKeys, ALogitIsThatOfTheRowAndThatOfTheColumn) {
    at::manual_seed(1);
    const KeyGrid grid{3, 5};
    // In float64: x u + x v and x (u + v) round differently, on some machines by more than the tolerance.
    const auto keys = at::randn({7, 8}, at::kDouble), x = at::randn({4, 7}, at::kDouble);
    const auto logits = x.matmul(router_of_keys(keys, grid)), by_key = x.matmul(keys);
    for (std::int64_t e = 0; e < 15; ++e)
        EXPECT_TRUE(at::allclose(logits.select(1, e), by_key.select(1, e / 5) + by_key.select(1, 3 + e % 5)));
}

TEST(ProductKeys, ARouterOfKeysGivesItsKeysLogitsBack) {
    at::manual_seed(2);
    const KeyGrid grid{4, 6};
    const auto router = router_of_keys(at::randn({2, 7, 10}), grid);
    EXPECT_TRUE(at::allclose(router_of_keys(keys_of_router(router, grid), grid), router, 1e-4, 1e-5));
}

// Least squares against torch's own solver, with the design matrix of the grid.
TEST(ProductKeys, AreTheNearestOnesToAnyRouter) {
    at::manual_seed(3);
    const KeyGrid grid{3, 4};
    const auto router = at::randn({5, 12}, at::kDouble);
    const auto design = router_of_keys(at::eye(7, at::kDouble), grid).t();  // [E, R + C]
    const auto best = design.matmul(at::linalg_pinv(design)).matmul(router.t()).t();
    EXPECT_TRUE(at::allclose(router_of_keys(keys_of_router(router, grid), grid), best));
}

}  // namespace
}  // namespace dotmoe
