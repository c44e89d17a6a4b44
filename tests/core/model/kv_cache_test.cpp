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

}  // namespace
}  // namespace dotmoe
