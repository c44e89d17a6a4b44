#include "model/kv_cache.h"

#include <gtest/gtest.h>

#include "support/tiny_model.h"

namespace dotmoe {
namespace {

TEST(KvCache, GivesBackAllThatWasAppendedInOrder) {
    const auto k = at::randn({1, 2, 37, 4}), v = at::randn({1, 2, 37, 4});
    KvCache cache;
    std::int64_t first = 0;
    for (const std::int64_t count : {5, 1, 1, 20, 10}) {
        const auto [keys, values] = cache.append(1, k.narrow(2, first, count), v.narrow(2, first, count));
        first += count;
        ASSERT_EQ(cache.length(1), first);
        EXPECT_TRUE(at::equal(keys, k.narrow(2, 0, first)));
        EXPECT_TRUE(at::equal(values, v.narrow(2, 0, first)));
    }
    EXPECT_EQ(cache.length(0), 0) << "layers are counted apart";
    EXPECT_EQ(cache.length(7), 0);
}

TEST(KvCache, CopiesGoOnByThemselves) {
    const auto k = at::randn({1, 2, 5, 4}), v = at::randn({1, 2, 5, 4});
    KvCache cache;
    cache.append(0, k, v);
    auto copies = cache.repeated(3);
    EXPECT_EQ(copies.length(0), 5);
    const auto more_k = at::randn({3, 2, 2, 4}), more_v = at::randn({3, 2, 2, 4});
    const auto [keys, values] = copies.append(0, more_k, more_v);
    EXPECT_TRUE(at::equal(keys, at::cat({k.expand({3, -1, -1, -1}), more_k}, 2)));
    EXPECT_TRUE(at::equal(values, at::cat({v.expand({3, -1, -1, -1}), more_v}, 2)));
    EXPECT_EQ(cache.length(0), 5);
    EXPECT_TRUE(at::equal(cache.append(0, k, v).first, at::cat({k, k}, 2))) << "the first cache is as it was";
    EXPECT_EQ(KvCache().repeated(3).length(0), 0);
}

}  // namespace
}  // namespace dotmoe
